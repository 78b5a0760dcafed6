{{/* The labels of every object; the argument is {root, component}. */}}
{{- define "das.labels" -}}
{{ include "das.selector" . }}
app.kubernetes.io/part-of: dynamic-agent-swarms
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* What selects the operator's pod. */}}
{{- define "das.selector" -}}
app.kubernetes.io/name: das-operator
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "das.image" -}}
{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{- define "das.claim" -}}
{{ .Values.store.persistence.existingClaim | default "das-store" }}
{{- end }}

{{/* Not empty where several pods may share the task store. */}}
{{- define "das.shared" -}}
{{- if or .Values.store.url .Values.store.urlSecret.name }}true{{ end }}
{{- end }}

{{/* Not empty where the gateways of all pods have one authority, in a Secret: then no pod keeps anything. */}}
{{- define "das.replicated" -}}
{{- if and (include "das.shared" .) .Values.lease.enabled }}true{{ end }}
{{- end }}
