using System.Collections;
using System.Globalization;

namespace Simul.Logging.Entries;

// A value of an entry's state. What providers look into travels as it is: numbers, texts, times, and collections of these. Of
// all else they take the text, and so do we: to write an object of any class would run all its getters, for each entry.
internal static class LogValue
{
    private const int Deepest = 4;

    private enum Kind : byte
    {
        Null, String, Boolean, Char, SByte, Byte, Int16, UInt16, Int32, UInt32, Int64, UInt64, Single, Double, Decimal, DateTime, DateTimeOffset, TimeSpan, Guid, Bytes, List,
    }

    public static void Write(BinaryWriter writer, object? value) => Write(writer, value, 0);

    public static object? Read(BinaryReader reader)
    {
        switch ((Kind)reader.ReadByte())
        {
            case Kind.Null: return null;
            case Kind.String: return reader.ReadString();
            case Kind.Boolean: return reader.ReadBoolean();
            case Kind.Char: return (char)reader.ReadUInt16();
            case Kind.SByte: return reader.ReadSByte();
            case Kind.Byte: return reader.ReadByte();
            case Kind.Int16: return reader.ReadInt16();
            case Kind.UInt16: return reader.ReadUInt16();
            case Kind.Int32: return reader.ReadInt32();
            case Kind.UInt32: return reader.ReadUInt32();
            case Kind.Int64: return reader.ReadInt64();
            case Kind.UInt64: return reader.ReadUInt64();
            case Kind.Single: return reader.ReadSingle();
            case Kind.Double: return reader.ReadDouble();
            case Kind.Decimal: return reader.ReadDecimal();
            case Kind.DateTime: return DateTime.FromBinary(reader.ReadInt64());
            case Kind.DateTimeOffset: return new DateTimeOffset(reader.ReadInt64(), new TimeSpan(reader.ReadInt64()));
            case Kind.TimeSpan: return new TimeSpan(reader.ReadInt64());
            case Kind.Guid: return new Guid(reader.ReadBytes(16));
            case Kind.Bytes: return reader.ReadBytes(reader.ReadInt32());
            case Kind.List:
                object?[] list = new object?[reader.ReadInt32()];
                for (int i = 0; i < list.Length; i++) list[i] = Read(reader);
                return list;
            case var kind: throw new InvalidDataException($"There is no value of kind {kind}.");
        }
    }

    // The same in every culture, as log files are read by programs, too.
    public static string TextOf(object value)
    {
        try
        {
            return (value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value.ToString()) ?? "";
        }
        catch (Exception error)
        {
            // The entry is worth more than the value, and says what is wrong with it.
            return $"({value.GetType()}: its text could not be had: {error.GetType().Name})";
        }
    }

    private static void Write(BinaryWriter writer, object? value, int depth)
    {
        switch (value)
        {
            case null: writer.Write((byte)Kind.Null); break;
            case string v: Begin(Kind.String).Write(v); break;
            case Enum v: Begin(Kind.String).Write(v.ToString()); break;
            case bool v: Begin(Kind.Boolean).Write(v); break;
            case char v: Begin(Kind.Char).Write((ushort)v); break; // half of a pair is no text
            case sbyte v: Begin(Kind.SByte).Write(v); break;
            case byte v: Begin(Kind.Byte).Write(v); break;
            case short v: Begin(Kind.Int16).Write(v); break;
            case ushort v: Begin(Kind.UInt16).Write(v); break;
            case int v: Begin(Kind.Int32).Write(v); break;
            case uint v: Begin(Kind.UInt32).Write(v); break;
            case long v: Begin(Kind.Int64).Write(v); break;
            case ulong v: Begin(Kind.UInt64).Write(v); break;
            case float v: Begin(Kind.Single).Write(v); break;
            case double v: Begin(Kind.Double).Write(v); break;
            case decimal v: Begin(Kind.Decimal).Write(v); break;
            case DateTime v: Begin(Kind.DateTime).Write(v.ToBinary()); break;
            case DateTimeOffset v:
                Begin(Kind.DateTimeOffset).Write(v.Ticks);
                writer.Write(v.Offset.Ticks);
                break;
            case TimeSpan v: Begin(Kind.TimeSpan).Write(v.Ticks); break;
            case Guid v: Begin(Kind.Guid).Write(v.ToByteArray()); break;
            case byte[] v:
                Begin(Kind.Bytes).Write(v.Length);
                writer.Write(v);
                break;
            // A collection that is there, not one that would be made by looking at it.
            case ICollection v when depth < Deepest: WriteList(writer, v, depth); break;
            default: Begin(Kind.String).Write(TextOf(value)); break;
        }

        BinaryWriter Begin(Kind kind)
        {
            writer.Write((byte)kind);
            return writer;
        }
    }

    private static void WriteList(BinaryWriter writer, ICollection values, int depth)
    {
        object?[] copy = [.. values]; // it may change meanwhile
        writer.Write((byte)Kind.List);
        writer.Write(copy.Length);
        foreach (object? each in copy) Write(writer, each, depth + 1);
    }
}
