internal import StructuredData

/// The numbers and dates of a reading, each as it is printed there.
///
/// A reading is put together from what these functions answer, so that every number in it stands in the result: rounded
/// once, and written by the same code in the text and in the JSON.
struct Figures {
    private(set) var members = JSONObject()

    var json: JSON { .object(members) }

    /// A number rounded to `decimals`.
    mutating func number(_ name: String, _ value: Double, decimals: Int = 2) -> String {
        let rounded = NumberText.rounded(value, decimals: decimals)
        members[name] = JSON(rounded)
        return NumberText.shortest(rounded)
    }

    /// A fraction, as percent.
    mutating func percent(_ name: String, _ fraction: Double) -> String {
        number(name, fraction * 100) + "%"
    }

    /// A price or indicator: two decimals, more where it is small.
    mutating func level(_ name: String, _ value: Double) -> String {
        let size = abs(value)
        return number(name, value, decimals: size >= 10 ? 2 : size >= 0.1 ? 4 : 6)
    }

    mutating func count(_ name: String, _ value: Int) -> String {
        members[name] = JSON(value)
        return String(value)
    }

    mutating func time(_ name: String, _ text: String) -> String {
        members[name] = JSON(text)
        return text
    }
}
