namespace Simul.Processes.Methods;

// What a method is called on.
internal enum MethodTarget : byte
{
    // Nothing: it is static.
    None,

    // The compiler's object with what a lambda or local function captured; copied field by field.
    Closure,

    // An object of the program's own; a copy of its own type.
    Value,
}
