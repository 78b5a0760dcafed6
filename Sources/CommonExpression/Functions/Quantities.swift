import KubernetesModel

extension FunctionLibrary {
    static let quantities = FunctionLibrary(
        """
        quantity string_to_quantity(string) -> quantity
        isQuantity is_quantity_string(string) -> bool
        sign .quantity_sign(quantity) -> int
        isGreaterThan .quantity_is_greater_than(quantity, quantity) -> bool
        isLessThan .quantity_is_less_than(quantity, quantity) -> bool
        compareTo .quantity_compare_to(quantity, quantity) -> int
        asApproximateFloat .quantity_get_float(quantity) -> double
        asInteger .quantity_get_int(quantity) -> int
        isInteger .quantity_is_integer(quantity) -> bool
        add .quantity_add(quantity, quantity) -> quantity
        add .quantity_add_int(quantity, int) -> quantity
        sub .quantity_sub(quantity, quantity) -> quantity
        sub .quantity_sub_int(quantity, int) -> quantity
        """,
        [
            "quantity": { arguments throws(EvaluationError) in
                do {
                    return .quantity(try Quantity(parsing: try arguments[0].string()))
                } catch let error as QuantityError {
                    throw .invalid(error.message)
                } catch {
                    throw .noSuchOverload
                }
            },
            "isQuantity": { arguments throws(EvaluationError) in
                .bool((try? Quantity(parsing: try arguments[0].string())) != nil)
            },
            "sign": { arguments throws(EvaluationError) in
                let quantity = try arguments[0].quantity()
                return .int(quantity.isZero ? 0 : quantity.isNegative ? -1 : 1)
            },
            "isGreaterThan": { arguments throws(EvaluationError) in
                .bool(try arguments[0].quantity() > arguments[1].quantity())
            },
            "isLessThan": { arguments throws(EvaluationError) in
                .bool(try arguments[0].quantity() < arguments[1].quantity())
            },
            "compareTo": { arguments throws(EvaluationError) in
                let (left, right) = (try arguments[0].quantity(), try arguments[1].quantity())
                return .int(left < right ? -1 : left == right ? 0 : 1)
            },
            "asApproximateFloat": { arguments throws(EvaluationError) in
                .double(try arguments[0].quantity().doubleValue)
            },
            "asInteger": { arguments throws(EvaluationError) in
                let quantity = try arguments[0].quantity()
                guard Quantity(quantity.value) == quantity else {
                    throw .invalid("cannot convert value to integer")
                }
                return .int(quantity.value)
            },
            "isInteger": { arguments throws(EvaluationError) in
                let quantity = try arguments[0].quantity()
                return .bool(Quantity(quantity.value) == quantity)
            },
            "add": { arguments throws(EvaluationError) in
                .quantity(try arguments[0].quantity() + amount(arguments[1]))
            },
            "sub": { arguments throws(EvaluationError) in
                .quantity(try arguments[0].quantity() - amount(arguments[1]))
            },
        ])

    private static func amount(_ value: Value) throws(EvaluationError) -> Quantity {
        if case .int(let number) = value { return Quantity(number) }
        return try value.quantity()
    }
}
