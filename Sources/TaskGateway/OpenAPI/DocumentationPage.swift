/// A page that shows `/openapi.json`, with nothing from elsewhere: it works where there is no internet.
enum DocumentationPage {
    static let html = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Dynamic Agent Swarms: HTTP API</title>
        <style>
        :root { color-scheme: light dark }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
        code, pre { font: 14px/1.4 ui-monospace, monospace }
        pre { overflow-x: auto; padding: .6rem; border: 1px solid #8884; border-radius: 4px }
        details { border-bottom: 1px solid #8884; padding: .3rem 0 }
        summary { cursor: pointer }
        .method { display: inline-block; width: 4.5rem; font-weight: 600 }
        td, th { text-align: left; vertical-align: top; padding: .1rem .8rem .1rem 0 }
        .muted { opacity: .7 }
        </style>
        <h1></h1>
        <p id="about"></p>
        <p class="muted">For programs: <a href="openapi.json">openapi.json</a></p>
        <main></main>
        <script>
        const make = (name, text, ...children) => {
          const element = document.createElement(name)
          if (text !== undefined && text !== null) element.textContent = text
          element.append(...children)
          return element
        }
        const nameOf = reference => reference.split("/").pop()
        const typeOf = schema => {
          if (!schema) return ""
          if (schema.$ref) return nameOf(schema.$ref)
          if (schema.oneOf) return schema.oneOf.map(typeOf).join(" or ")
          if (schema.type === "array") return "list of " + typeOf(schema.items)
          if (schema.enum) return schema.enum.join(" | ")
          return schema.type ?? "any JSON"
        }
        const table = rows => make("table", null, ...rows.map(cells =>
          make("tr", null, ...cells.map((cell, column) => make("td", null, make(column ? "span" : "code", cell))))))
        const properties = schema => table(Object.entries(schema.properties ?? {}).map(([name, value]) =>
          [name + ((schema.required ?? []).includes(name) ? "" : "?"), typeOf(value), value.description ?? ""]))
        const show = async () => {
          const api = await (await fetch("openapi.json")).json()
          document.querySelector("h1").textContent = api.info.title + ", " + api.info.version
          document.querySelector("#about").textContent = api.info.description
          const main = document.querySelector("main")
          for (const tag of api.tags) {
            main.append(make("h2", tag.name), make("p", tag.description))
            for (const [path, methods] of Object.entries(api.paths))
              for (const [method, call] of Object.entries(methods)) {
                if (!call.tags.includes(tag.name)) continue
                const name = make("code", method.toUpperCase())
                name.className = "method"
                const details = make("details", null,
                  make("summary", null, name, make("code", path), make("span", " " + call.summary)))
                if (call.description) details.append(make("p", call.description))
                if (call.parameters) details.append(make("h4", "Parameters"), table(call.parameters.map(parameter =>
                  [parameter.name + (parameter.required ? "" : "?"), parameter.in + ", " + typeOf(parameter.schema),
                   parameter.description])))
                const body = call.requestBody?.content?.["application/json"]?.schema
                if (body) details.append(make("h4", "Body"), make("p", typeOf(body)))
                details.append(make("h4", "Answers"), table(Object.entries(call.responses).map(([status, answer]) =>
                  [status, typeOf(Object.values(answer.content ?? {})[0]?.schema), answer.description])))
                main.append(details)
              }
          }
          main.append(make("h2", "Values"))
          for (const [name, schema] of Object.entries(api.components.schemas))
            main.append(make("details", null, make("summary", null, make("code", name)),
              make("p", schema.description ?? ""),
              schema.properties ? properties(schema) : make("p", typeOf(schema))))
        }
        show().catch(error => { document.querySelector("#about").textContent = "openapi.json cannot be read: " + error })
        </script>
        </html>

        """
}
