/// A series of writes to one custom resource as a real API server (1.36) answered them: each request, and of each answer
/// the content and the managed fields without their times.
enum RecordedApplies {
    /// The custom resource has lists of all types; `colour` defaults to green.
    static let schema = #"""
        {
          "type": "object",
          "properties": {
            "spec": {
              "type": "object",
              "properties": {
                "size": {"type": "integer", "default": 2},
                "colour": {"type": "string", "default": "green"},
                "label": {"type": "string"},
                "ratio": {"type": "number"},
                "port": {"x-kubernetes-int-or-string": true},
                "when": {"type": "string"},
                "replicas": {"type": "integer"},
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
                "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
                "parts": {
                  "type": "array",
                  "x-kubernetes-list-type": "map",
                  "x-kubernetes-list-map-keys": ["name"],
                  "items": {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "count": {"type": "integer", "default": 1}}
                  }
                },
                "limits": {"type": "object", "additionalProperties": {"type": "string"}},
                "fixed": {"type": "string"},
                "maybe": {"type": "string", "nullable": true}
              }
            },
            "status": {
              "type": "object",
              "properties": {
                "phase": {"type": "string"},
                "replicas": {"type": "integer"},
                "selector": {"type": "string"},
                "conditions": {
                  "type": "array",
                  "x-kubernetes-list-type": "map",
                  "x-kubernetes-list-map-keys": ["type"],
                  "items": {
                    "type": "object",
                    "properties": {
                      "type": {"type": "string"},
                      "status": {"type": "string"},
                      "reason": {"type": "string"},
                      "message": {"type": "string"},
                      "lastTransitionTime": {"type": "string"}
                    }
                  }
                }
              }
            }
          }
        }
        """#

    static let exchanges = #"""
        [
          {
            "manager": "one",
            "apply": {
              "apiVersion": "rec.example.com/v1",
              "kind": "Widget",
              "metadata": {"name": "s"},
              "spec": {"size": 1, "parts": [{"name": "x", "count": 1}], "tags": ["a"], "limits": {"cpu": "1"}}
            },
            "object": {
              "spec": {
                "colour": "green",
                "limits": {"cpu": "1"},
                "parts": [{"count": 1, "name": "x"}],
                "size": 1,
                "tags": ["a"]
              }
            },
            "managedFields": [
              {
                "manager": "one",
                "operation": "Apply",
                "fieldsV1": {
                  "f:spec": {
                    "f:limits": {"f:cpu": {}},
                    "f:parts": {"k:{\"name\":\"x\"}": {".": {}, "f:count": {}, "f:name": {}}},
                    "f:size": {},
                    "f:tags": {"v:\"a\"": {}}
                  }
                }
              }
            ]
          },
          {
            "manager": "two",
            "apply": {
              "apiVersion": "rec.example.com/v1",
              "kind": "Widget",
              "metadata": {"name": "s"},
              "spec": {"size": 1, "parts": [{"name": "y", "count": 2}], "tags": ["b"], "limits": {"memory": "2"}}
            },
            "object": {
              "spec": {
                "colour": "green",
                "limits": {"cpu": "1", "memory": "2"},
                "parts": [{"count": 1, "name": "x"}, {"count": 2, "name": "y"}],
                "size": 1,
                "tags": ["a", "b"]
              }
            },
            "managedFields": [
              {
                "manager": "one",
                "operation": "Apply",
                "fieldsV1": {
                  "f:spec": {
                    "f:limits": {"f:cpu": {}},
                    "f:parts": {"k:{\"name\":\"x\"}": {".": {}, "f:count": {}, "f:name": {}}},
                    "f:size": {},
                    "f:tags": {"v:\"a\"": {}}
                  }
                }
              },
              {
                "manager": "two",
                "operation": "Apply",
                "fieldsV1": {
                  "f:spec": {
                    "f:limits": {"f:memory": {}},
                    "f:parts": {"k:{\"name\":\"y\"}": {".": {}, "f:count": {}, "f:name": {}}},
                    "f:size": {},
                    "f:tags": {"v:\"b\"": {}}
                  }
                }
              }
            ]
          },
          {
            "manager": "two",
            "apply": {
              "apiVersion": "rec.example.com/v1",
              "kind": "Widget",
              "metadata": {"name": "s"},
              "spec": {"size": 5}
            },
            "conflict": {
              "message": "Apply failed with 1 conflict: conflict with \"one\": .spec.size",
              "causes": [
                {"reason": "FieldManagerConflict", "message": "conflict with \"one\"", "field": ".spec.size"}
              ]
            }
          },
          {
            "manager": "two",
            "force": true,
            "apply": {
              "apiVersion": "rec.example.com/v1",
              "kind": "Widget",
              "metadata": {"name": "s"},
              "spec": {"size": 5}
            },
            "object": {
              "spec": {
                "colour": "green",
                "limits": {"cpu": "1"},
                "parts": [{"count": 1, "name": "x"}],
                "size": 5,
                "tags": ["a"]
              }
            },
            "managedFields": [
              {
                "manager": "one",
                "operation": "Apply",
                "fieldsV1": {
                  "f:spec": {
                    "f:limits": {"f:cpu": {}},
                    "f:parts": {"k:{\"name\":\"x\"}": {".": {}, "f:count": {}, "f:name": {}}},
                    "f:tags": {"v:\"a\"": {}}
                  }
                }
              },
              {"manager": "two", "operation": "Apply", "fieldsV1": {"f:spec": {"f:size": {}}}}
            ]
          },
          {
            "manager": "one",
            "apply": {
              "apiVersion": "rec.example.com/v1",
              "kind": "Widget",
              "metadata": {"name": "s"},
              "spec": {"size": 1}
            },
            "conflict": {
              "message": "Apply failed with 1 conflict: conflict with \"two\": .spec.size",
              "causes": [
                {"reason": "FieldManagerConflict", "message": "conflict with \"two\"", "field": ".spec.size"}
              ]
            }
          },
          {
            "manager": "one",
            "apply": {"apiVersion": "rec.example.com/v1", "kind": "Widget", "metadata": {"name": "s"}, "spec": {}},
            "object": {"spec": {"colour": "green", "size": 5}},
            "managedFields": [
              {"manager": "one", "operation": "Apply", "fieldsV1": {"f:spec": {}}},
              {"manager": "two", "operation": "Apply", "fieldsV1": {"f:spec": {"f:size": {}}}}
            ]
          },
          {
            "manager": "one",
            "apply": {
              "apiVersion": "rec.example.com/v1",
              "kind": "Widget",
              "metadata": {"name": "s"},
              "spec": {"colour": "blue"}
            },
            "object": {"spec": {"colour": "blue", "size": 5}},
            "managedFields": [
              {"manager": "one", "operation": "Apply", "fieldsV1": {"f:spec": {"f:colour": {}}}},
              {"manager": "two", "operation": "Apply", "fieldsV1": {"f:spec": {"f:size": {}}}}
            ]
          },
          {
            "manager": "ctl",
            "subresource": "status",
            "apply": {
              "apiVersion": "rec.example.com/v1",
              "kind": "Widget",
              "metadata": {"name": "s"},
              "status": {"phase": "Ready", "conditions": [{"type": "Ready", "status": "True"}]}
            },
            "object": {
              "spec": {"colour": "blue", "size": 5},
              "status": {"conditions": [{"status": "True", "type": "Ready"}], "phase": "Ready"}
            },
            "managedFields": [
              {
                "manager": "ctl",
                "operation": "Apply",
                "subresource": "status",
                "fieldsV1": {
                  "f:status": {
                    "f:conditions": {"k:{\"type\":\"Ready\"}": {".": {}, "f:status": {}, "f:type": {}}},
                    "f:phase": {}
                  }
                }
              },
              {"manager": "one", "operation": "Apply", "fieldsV1": {"f:spec": {"f:colour": {}}}},
              {"manager": "two", "operation": "Apply", "fieldsV1": {"f:spec": {"f:size": {}}}}
            ]
          },
          {
            "manager": "ctl2",
            "subresource": "status",
            "apply": {
              "apiVersion": "rec.example.com/v1",
              "kind": "Widget",
              "metadata": {"name": "s"},
              "status": {"conditions": [{"type": "Ready", "status": "False"}]}
            },
            "conflict": {
              "causes": [
                {
                  "reason": "FieldManagerConflict",
                  "message": "conflict with \"ctl\" with subresource \"status\"",
                  "field": ".status.conditions[type=\"Ready\"].status"
                }
              ]
            }
          },
          {
            "manager": "kubectl-edit",
            "mergePatch": {"spec": {"size": 7}},
            "object": {
              "spec": {"colour": "blue", "size": 7},
              "status": {"conditions": [{"status": "True", "type": "Ready"}], "phase": "Ready"}
            },
            "managedFields": [
              {
                "manager": "ctl",
                "operation": "Apply",
                "subresource": "status",
                "fieldsV1": {
                  "f:status": {
                    "f:conditions": {"k:{\"type\":\"Ready\"}": {".": {}, "f:status": {}, "f:type": {}}},
                    "f:phase": {}
                  }
                }
              },
              {"manager": "one", "operation": "Apply", "fieldsV1": {"f:spec": {"f:colour": {}}}},
              {"manager": "kubectl-edit", "operation": "Update", "fieldsV1": {"f:spec": {"f:size": {}}}}
            ]
          },
          {
            "manager": "two",
            "apply": {
              "apiVersion": "rec.example.com/v1",
              "kind": "Widget",
              "metadata": {"name": "s"},
              "spec": {"size": 5}
            },
            "conflict": {
              "causes": [
                {
                  "reason": "FieldManagerConflict",
                  "message": "conflict with \"kubectl-edit\" using rec.example.com/v1",
                  "field": ".spec.size"
                }
              ]
            }
          }
        ]
        """#
}
