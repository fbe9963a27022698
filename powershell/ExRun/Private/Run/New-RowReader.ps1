function New-RowReader {
    <#
    .SYNOPSIS
        Makes the delegate of Get-RowReader.
    .DESCRIPTION
        It is emitted from the listing below, a line a step: the name of an instruction as in
        System.Reflection.Emit.OpCodes, and what it works on; or a place that others go to, which ends in a colon.

        Nearly all that it costs is PowerShell learning calls it has not made before, some milliseconds each. So what can
        be a line of the listing is one, and all lines go through one call. The expressions of System.Linq cost several
        times as much.
    #>
    [CmdletBinding()]
    [OutputType([System.Delegate])]
    param()

    $rows = [System.Collections.Generic.List[psobject]]
    $names = [System.Collections.Generic.List[string]]
    $reader = [System.IO.BinaryReader]
    $list = [System.Collections.ArrayList]
    $object = [psobject]
    $getMembers = $object.GetMethod('get_Properties')
    $members = $getMembers.ReturnType
    $none = [type]::EmptyTypes
    $method = [System.Reflection.Emit.DynamicMethod]::new('ReadRows', $rows, [type[]] @($reader, $list))
    $il = $method.GetILGenerator()
    $operands = @{
        # The types of values.
        boolean     = [bool]
        int32       = [int]
        int64       = [long]
        double      = [double]
        # What is called.
        newRows     = $rows.GetConstructor($none)
        newNames    = $names.GetConstructor($none)
        newList     = $list.GetConstructor($none)
        newObject   = $object.GetConstructor($none)
        newMember   = [psnoteproperty].GetConstructor([type[]] @([string], [object]))
        newError    = [System.IO.InvalidDataException].GetConstructor($none)
        readByte    = $reader.GetMethod('ReadByte')
        readInt32   = $reader.GetMethod('ReadInt32')
        readInt64   = $reader.GetMethod('ReadInt64')
        readDouble  = $reader.GetMethod('ReadDouble')
        readString  = $reader.GetMethod('ReadString')
        getMembers  = $getMembers
        addMember   = $members.GetMethod('Add', [type[]] @([System.Management.Automation.PSPropertyInfo], [bool]))
        addRow      = $rows.GetMethod('Add')
        addName     = $names.GetMethod('Add')
        getName     = $names.GetMethod('get_Item')
        countNames  = $names.GetMethod('get_Count')
        asNames     = $names
        addItem     = $list.GetMethod('Add')
        getItem     = $list.GetMethod('get_Item')
        countItems  = $list.GetMethod('get_Count')
        # Its variables.
        rows        = $il.DeclareLocal($rows)
        rowsLeft    = $il.DeclareLocal([int])
        shapes      = $il.DeclareLocal($list)
        shape       = $il.DeclareLocal([int])
        names       = $il.DeclareLocal($names)
        namesLeft   = $il.DeclareLocal([int])
        row         = $il.DeclareLocal($object)
        members     = $il.DeclareLocal($members)
        column      = $il.DeclareLocal([int])
        nestedTaken = $il.DeclareLocal([int])
    }
    $listing = @'
Newobj newRows
Stloc rows
Newobj newList
Stloc shapes
Ldarg_0
Callvirt readInt32
Stloc rowsLeft

nextRow:
Ldloc rowsLeft
Brfalse end:
Ldloc rowsLeft
Ldc_I4_1
Sub
Stloc rowsLeft
Ldarg_0
Callvirt readInt32
Stloc shape
Ldloc shape
Ldloc shapes
Callvirt countItems
Bne_Un knownShape:

Newobj newNames
Stloc names
Ldloc shapes
Ldloc names
Callvirt addItem
Pop
Ldarg_0
Callvirt readInt32
Stloc namesLeft
nextName:
Ldloc namesLeft
Brfalse knownShape:
Ldloc namesLeft
Ldc_I4_1
Sub
Stloc namesLeft
Ldloc names
Ldarg_0
Callvirt readString
Callvirt addName
Br nextName:

knownShape:
Ldloc shapes
Ldloc shape
Callvirt getItem
Castclass asNames
Stloc names
Newobj newObject
Stloc row
Ldloc row
Callvirt getMembers
Stloc members
Ldc_I4_0
Stloc column

nextValue:
Ldloc column
Ldloc names
Callvirt countNames
Beq endOfRow:
Ldloc members
Ldloc names
Ldloc column
Callvirt getName
Ldarg_0
Callvirt readByte
Switch kinds
Newobj newError
Throw
null:
Ldnull
Br value:
false:
Ldc_I4_0
Box boolean
Br value:
true:
Ldc_I4_1
Box boolean
Br value:
int32:
Ldarg_0
Callvirt readInt32
Box int32
Br value:
int64:
Ldarg_0
Callvirt readInt64
Box int64
Br value:
double:
Ldarg_0
Callvirt readDouble
Box double
Br value:
text:
Ldarg_0
Callvirt readString
Br value:
nested:
Ldarg_1
Ldloc nestedTaken
Callvirt getItem
Ldloc nestedTaken
Ldc_I4_1
Add
Stloc nestedTaken
value:
Newobj newMember
Ldc_I4_1
Callvirt addMember
Ldloc column
Ldc_I4_1
Add
Stloc column
Br nextValue:

endOfRow:
Ldloc rows
Ldloc row
Callvirt addRow
Br nextRow:
end:
Ldloc rows
Ret
'@
    foreach ($place in 'nextRow:', 'nextName:', 'knownShape:', 'nextValue:', 'null:', 'false:', 'true:', 'int32:', 'int64:', 'double:', 'text:', 'nested:', 'value:', 'endOfRow:', 'end:') {
        $operands[$place] = $il.DefineLabel()
    }
    $operands['kinds'] = [System.Reflection.Emit.Label[]] $operands['null:', 'false:', 'true:', 'int32:', 'int64:', 'double:', 'text:', 'nested:']
    foreach ($name in 'Add', 'Beq', 'Bne_Un', 'Box', 'Br', 'Brfalse', 'Callvirt', 'Castclass', 'Ldarg_0', 'Ldarg_1', 'Ldc_I4_0', 'Ldc_I4_1', 'Ldloc', 'Ldnull', 'Newobj', 'Pop', 'Ret', 'Stloc', 'Sub', 'Switch', 'Throw') {
        $operands[$name] = [System.Reflection.Emit.OpCodes].GetField($name).GetValue($null)
    }
    foreach ($line in $listing.Split([char[]] "`r`n", [System.StringSplitOptions]::RemoveEmptyEntries)) {
        $step = if ($operands[$line] -is [System.Reflection.Emit.Label]) { 'MarkLabel' } else { 'Emit' }
        [void] [System.Reflection.Emit.ILGenerator].InvokeMember($step, 'Public, Instance, InvokeMethod', $null, $il, $operands[$line.Split(' ')])
    }
    return $method.CreateDelegate([System.Func[System.IO.BinaryReader, System.Collections.ArrayList, System.Collections.Generic.List[psobject]]])
}
