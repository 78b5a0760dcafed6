extension TypeTable {
    /// What is said of the simple types that OpenAPI documents know by name, and of the fields that kinds have in common. These are
    /// no types of the table: what the simple ones are, `TypeTable` itself knows.
    static let common = """
        package io.k8s.apimachinery.pkg.apis.meta.v1

        type Object
            What is in the API.
        spec
            What is wanted.
        status
            What is observed.

        type Time
            A moment to the second, as in 2031-05-06T07:08:09Z.

        type MicroTime
            A moment to the microsecond, as in 2031-05-06T07:08:09.123456Z.

        type FieldsV1
            A set of fields as a tree: f: names a field, k: an element of a list by its keys, v: one by its value.

        package io.k8s.apimachinery.pkg.util.intstr

        type IntOrString
            A number, or a text such as a percentage or a name.

        package io.k8s.apimachinery.pkg.api.resource

        type Quantity
            An amount such as 2, 500m, 1e3 or 16Mi: a number, and behind it what it is multiplied by.
        """
}
