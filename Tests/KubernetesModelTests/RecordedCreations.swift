/// Objects as a real API server (1.36) has them after creation and defaulting, before anything is allocated or admitted,
/// with the fields that the creator then owns.
enum RecordedCreations {
    static let exchanges = #"""
        [
          {
            "plural": "deployments",
            "object": {
              "kind": "Deployment",
              "apiVersion": "apps/v1",
              "spec": {
                "replicas": 2,
                "selector": {"matchLabels": {"app": "web"}},
                "template": {
                  "metadata": {"labels": {"app": "web"}},
                  "spec": {
                    "containers": [
                      {
                        "name": "c",
                        "image": "example.com/web:1",
                        "ports": [{"containerPort": 80, "protocol": "TCP"}],
                        "env": [{"name": "A", "value": "1"}],
                        "resources": {},
                        "terminationMessagePath": "/dev/termination-log",
                        "terminationMessagePolicy": "File",
                        "imagePullPolicy": "IfNotPresent"
                      }
                    ],
                    "restartPolicy": "Always",
                    "terminationGracePeriodSeconds": 30,
                    "dnsPolicy": "ClusterFirst",
                    "securityContext": {},
                    "schedulerName": "default-scheduler"
                  }
                },
                "strategy": {
                  "type": "RollingUpdate",
                  "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}
                },
                "revisionHistoryLimit": 10,
                "progressDeadlineSeconds": 600
              },
              "metadata": {"name": "web", "namespace": "rec", "labels": {"app": "web"}}
            },
            "fieldsV1": {
              "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
              "f:spec": {
                "f:progressDeadlineSeconds": {},
                "f:replicas": {},
                "f:revisionHistoryLimit": {},
                "f:selector": {},
                "f:strategy": {
                  "f:rollingUpdate": {".": {}, "f:maxSurge": {}, "f:maxUnavailable": {}},
                  "f:type": {}
                },
                "f:template": {
                  "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
                  "f:spec": {
                    "f:containers": {
                      "k:{\"name\":\"c\"}": {
                        ".": {},
                        "f:env": {".": {}, "k:{\"name\":\"A\"}": {".": {}, "f:name": {}, "f:value": {}}},
                        "f:image": {},
                        "f:imagePullPolicy": {},
                        "f:name": {},
                        "f:ports": {
                          ".": {},
                          "k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {
                            ".": {},
                            "f:containerPort": {},
                            "f:protocol": {}
                          }
                        },
                        "f:resources": {},
                        "f:terminationMessagePath": {},
                        "f:terminationMessagePolicy": {}
                      }
                    },
                    "f:dnsPolicy": {},
                    "f:restartPolicy": {},
                    "f:schedulerName": {},
                    "f:securityContext": {},
                    "f:terminationGracePeriodSeconds": {}
                  }
                }
              }
            }
          },
          {
            "plural": "services",
            "object": {
              "kind": "Service",
              "apiVersion": "v1",
              "spec": {
                "ports": [{"protocol": "TCP", "port": 80, "targetPort": "http"}],
                "selector": {"app": "x"},
                "type": "ClusterIP",
                "sessionAffinity": "None",
                "internalTrafficPolicy": "Cluster"
              },
              "metadata": {"name": "svc", "namespace": "rec"}
            },
            "fieldsV1": {
              "f:spec": {
                "f:internalTrafficPolicy": {},
                "f:ports": {
                  ".": {},
                  "k:{\"port\":80,\"protocol\":\"TCP\"}": {
                    ".": {},
                    "f:port": {},
                    "f:protocol": {},
                    "f:targetPort": {}
                  }
                },
                "f:selector": {},
                "f:sessionAffinity": {},
                "f:type": {}
              }
            }
          },
          {
            "plural": "pods",
            "object": {
              "kind": "Pod",
              "apiVersion": "v1",
              "spec": {
                "containers": [
                  {
                    "name": "c",
                    "image": "i:1",
                    "resources": {},
                    "terminationMessagePath": "/dev/termination-log",
                    "terminationMessagePolicy": "File",
                    "imagePullPolicy": "IfNotPresent"
                  }
                ],
                "restartPolicy": "Always",
                "terminationGracePeriodSeconds": 0,
                "dnsPolicy": "ClusterFirst",
                "securityContext": {},
                "schedulerName": "default-scheduler",
                "enableServiceLinks": true
              },
              "metadata": {"name": "p", "namespace": "rec", "labels": {"app": "x"}}
            },
            "fieldsV1": {
              "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
              "f:spec": {
                "f:containers": {
                  "k:{\"name\":\"c\"}": {
                    ".": {},
                    "f:image": {},
                    "f:imagePullPolicy": {},
                    "f:name": {},
                    "f:resources": {},
                    "f:terminationMessagePath": {},
                    "f:terminationMessagePolicy": {}
                  }
                },
                "f:dnsPolicy": {},
                "f:enableServiceLinks": {},
                "f:restartPolicy": {},
                "f:schedulerName": {},
                "f:securityContext": {},
                "f:terminationGracePeriodSeconds": {}
              }
            }
          },
          {
            "plural": "config-and-secrets",
            "object": {
              "kind": "ConfigMap",
              "apiVersion": "v1",
              "immutable": true,
              "data": {"a": "1"},
              "metadata": {"name": "c", "namespace": "rec"}
            },
            "fieldsV1": {"f:data": {".": {}, "f:a": {}}, "f:immutable": {}}
          },
          {
            "plural": "leases-and-events",
            "object": {
              "kind": "Lease",
              "apiVersion": "coordination.k8s.io/v1",
              "spec": {
                "holderIdentity": "a",
                "leaseDurationSeconds": 15,
                "acquireTime": "<masked>",
                "renewTime": "<masked>",
                "leaseTransitions": 0
              },
              "metadata": {"name": "lead", "namespace": "rec"}
            },
            "fieldsV1": {
              "f:spec": {
                "f:acquireTime": {},
                "f:holderIdentity": {},
                "f:leaseDurationSeconds": {},
                "f:leaseTransitions": {},
                "f:renewTime": {}
              }
            }
          },
          {
            "plural": "leases-and-events",
            "object": {
              "kind": "Event",
              "apiVersion": "events.k8s.io/v1",
              "eventTime": "<masked>",
              "reportingController": "example.com/op",
              "reportingInstance": "op-1",
              "action": "Scale",
              "reason": "ScaledUp",
              "regarding": {"kind": "Widget", "namespace": "rec", "name": "a", "apiVersion": "rec.example.com/v1"},
              "note": "from 0 to 2",
              "type": "Normal",
              "deprecatedSource": {},
              "deprecatedFirstTimestamp": null,
              "deprecatedLastTimestamp": null,
              "metadata": {"name": "ev1", "namespace": "rec"}
            },
            "fieldsV1": {
              "f:action": {},
              "f:eventTime": {},
              "f:note": {},
              "f:reason": {},
              "f:regarding": {},
              "f:reportingController": {},
              "f:reportingInstance": {},
              "f:type": {}
            }
          },
          {
            "plural": "pods",
            "object": {
              "kind": "PodDisruptionBudget",
              "apiVersion": "policy/v1",
              "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "x"}}},
              "metadata": {"name": "b", "namespace": "rec"}
            },
            "fieldsV1": {"f:spec": {"f:minAvailable": {}, "f:selector": {}}}
          },
          {
            "plural": "crd",
            "object": {
              "kind": "CustomResourceDefinition",
              "apiVersion": "apiextensions.k8s.io/v1",
              "spec": {
                "group": "rec.example.com",
                "names": {
                  "plural": "widgets",
                  "singular": "widget",
                  "shortNames": ["wd"],
                  "kind": "Widget",
                  "listKind": "WidgetList",
                  "categories": ["all"]
                },
                "scope": "Namespaced",
                "versions": [{"name": "v1"}],
                "conversion": {"strategy": "None"}
              },
              "metadata": {"name": "widgets.rec.example.com"}
            },
            "fieldsV1": {
              "f:spec": {
                "f:conversion": {".": {}, "f:strategy": {}},
                "f:group": {},
                "f:names": {
                  "f:categories": {},
                  "f:kind": {},
                  "f:listKind": {},
                  "f:plural": {},
                  "f:shortNames": {},
                  "f:singular": {}
                },
                "f:scope": {},
                "f:versions": {}
              }
            }
          }
        ]
        """#
}
