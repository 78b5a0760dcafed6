// ProcessNode
