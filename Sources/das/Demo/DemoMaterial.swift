import FoundationEssentials
import KubernetesModel
import ProgramSupport
import StructuredData
import SwarmAPI

/// What the demo declares: one swarm, and for each stock a ConfigMap with its prices and a task.
struct DemoMaterial: Sendable {
    static let namespace = "default"

    struct Stock: Sendable {
        var symbol: String
        var csv: String

        /// The name of its ConfigMap and of its task.
        var objectName: String { "demo-\(symbol.lowercased())" }
    }

    var swarm: JSON
    var stocks: [Stock]

    /// Reads the examples' folder.
    init(examples: String) throws {
        let swarmFile = "\(examples)/argus/swarm.yaml"
        guard let bytes = FileManager.default.contents(atPath: swarmFile) else {
            throw CommandFailure(
                .usage, "\(swarmFile) cannot be read; name the project's Examples folder with --examples")
        }
        do {
            swarm = try YAML.parse(String(decoding: bytes, as: UTF8.self), file: swarmFile).first ?? .null
        } catch {
            throw CommandFailure(.failed, "\(error)")
        }
        let folder = "\(examples)/data/stocks"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        stocks = try names.filter { $0.hasSuffix(".csv") }.sorted().map { name in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
                throw CommandFailure(.failed, "\(folder)/\(name) cannot be read")
            }
            return Stock(symbol: String(name.dropLast(4)), csv: String(decoding: data, as: UTF8.self))
        }
        guard !stocks.isEmpty else { throw CommandFailure(.usage, "\(folder) has no .csv files") }
    }

    var swarmName: String { swarm["metadata"]?["name"]?.stringValue ?? "" }

    func configMap(of stock: Stock) -> JSON {
        [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string(stock.objectName), "namespace": .string(Self.namespace)],
            "data": ["prices.csv": .string(stock.csv)],
        ]
    }

    func task(of stock: Stock) -> JSON {
        [
            "apiVersion": .string(SwarmTask.resource.apiVersion), "kind": "SwarmTask",
            "metadata": ["name": .string(stock.objectName), "namespace": .string(Self.namespace)],
            "spec": [
                "type": "market-analysis",
                "swarm": .string(swarmName),
                "input": [
                    "inputs": [["name": .string(stock.symbol)]],
                    "params": [
                        "functions": [
                            ["function": "SMA", "parameters": ["timeperiod": 200]],
                            ["function": "EMA", "parameters": ["timeperiod": 50]],
                            ["function": "RSI"], ["function": "MACD"], ["function": "BBANDS"],
                        ],
                        "volatility": [
                            ["model": "close-to-close", "window": 20], ["model": "ewma", "lambda": 0.94],
                        ],
                        "statistics": true, "regimes": true,
                    ],
                ],
                "inputFrom": [
                    [
                        "path": "/inputs/0/csv", "as": "text",
                        "configMapKeyRef": ["name": .string(stock.objectName), "key": "prices.csv"],
                    ]
                ],
            ],
        ]
    }
}
