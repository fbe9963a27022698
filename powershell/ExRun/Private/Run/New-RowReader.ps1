function New-RowReader {
    <#
    .SYNOPSIS
        Compiles the delegate of Get-RowReader.
    .DESCRIPTION
        Each script block gives the expressions of one piece of it, which those below it are made of.
    #>
    [CmdletBinding()]
    [OutputType([System.Delegate])]
    param()

    # One way to call all of them: PowerShell would take some milliseconds to learn each call of another method.
    $type = [System.Linq.Expressions.Expression]
    $flags = [System.Reflection.BindingFlags] 'Public, Static, InvokeMethod'
    $x = { param([string] $Method, [object[]] $Arguments) $type.InvokeMember($Method, $flags, $null, $null, $Arguments) }
    $list = { param($Parts) , [System.Linq.Expressions.Expression[]] @($Parts) }
    $block = { param($Parts) & $x Block (, (& $list $Parts)) }
    $call = { param($On, [string] $Name, $Arguments = @()) & $x Call ($On, $Name, [type[]] @(), (& $list $Arguments)) }
    $new = { param([type] $Of, [type[]] $Parameters = @(), $Arguments = @()) & $x New ($Of.GetConstructor($Parameters), (& $list $Arguments)) }
    $set = { param($To, $Value) & $x Assign ($To, $Value) }
    $add = { param($To, $Value) & $x Assign ($To, (& $x Add ($To, $Value))) }
    $constant = { param($Value) & $x Constant (, $Value) }
    $variable = { param([string] $Name, [type] $Of = [int]) & $x Variable ($Of, $Name) }

    # What it is given, and its variables.
    $bytes = & $variable bytes ([byte[]])
    $at = & $variable at
    $nested = & $variable nested ([System.Collections.ArrayList])
    $nestedTaken = & $variable nestedTaken
    $utf8 = & $variable utf8 ([System.Text.Encoding])
    $start = & $variable start
    $length = & $variable length
    $rowCount = & $variable rowCount
    $row = & $variable row
    $rows = & $variable rows ([System.Collections.Generic.List[psobject]])
    $shapes = & $variable shapes ([System.Collections.Generic.List[string[]]])
    $shape = & $variable shape
    $names = & $variable names ([string[]])
    $nameCount = & $variable nameCount
    $column = & $variable column
    $object = & $variable object ([psobject])
    $members = & $variable members ([System.Management.Automation.PSMemberInfoCollection[System.Management.Automation.PSPropertyInfo]])
    $value = & $variable value ([object])

    # Refuses what is not within 0 and a limit.
    $zero = & $constant 0
    $one = & $constant 1
    $malformed = & $x Throw (, (& $new ([System.IO.InvalidDataException]) ([string]) (& $constant 'the block of rows is not whole')))
    $require = {
        param($Number, $Limit)
        & $x IfThen ((& $x OrElse ((& $x LessThan ($Number, $zero)), (& $x GreaterThan ($Number, $Limit)))), $malformed)
    }
    $left = & $x Subtract ((& $x ArrayLength (, $bytes)), $at)

    # Enters the next bytes, of which there must be so many: they begin at start.
    $enter = {
        param($Size)
        & $require $Size $left
        & $set $start $at
        & $add $at $Size
    }
    $number = {
        param([type] $Of, [int] $Size)
        & $enter (& $constant $Size)
        & $x Call ([System.BitConverter], "To$($Of.Name)", [type[]] @(), (& $list @($bytes, $start)))
    }
    $int = & $block (& $number ([int]) 4)
    # A count is of things that take a byte at least: before anything is made of it, so many must be left.
    $count = { param($To) & $set $To $int; & $require $To $left }
    $text = & $block @(& $set $length $int; & $enter $length; & $call $utf8 GetString @($bytes, $start, $length))
    $loop = {
        param($Index, $Until, $Body)
        $end = & $x Label @()
        & $set $Index $zero
        & $x Loop ((& $block @(& $x IfThen ((& $x GreaterThanOrEqual ($Index, $Until)), (& $x Break (, $end))); $Body; & $add $Index $one)), $end)
    }

    # The names of a row's members: those of an earlier row of the same shape, or new ones, which come with the row.
    $shapeCount = & $call $shapes get_Count
    $addShape = @(
        & $count $nameCount
        & $set $names (& $x NewArrayBounds ([string], (& $list $nameCount)))
        & $loop $column $nameCount (& $set (& $x ArrayAccess ($names, (& $list $column))) $text)
        & $call $shapes Add $names
    )
    $findShape = @(
        & $set $shape $int
        & $require $shape $shapeCount
        & $x IfThen ((& $x Equal ($shape, $shapeCount)), (& $block $addShape))
        & $set $names (& $call $shapes get_Item $shape)
    )

    # One value, by its kind.
    $takeNested = @(
        & $x IfThen ((& $x GreaterThanOrEqual ($nestedTaken, (& $call $nested get_Count))), $malformed)
        & $set $value (& $call $nested get_Item $nestedTaken)
        & $add $nestedTaken $one
    )
    $boxed = { param($Of) & $set $value (& $x Convert ($Of, [object])) }
    $readers = @(
        & $boxed (& $constant $null)
        & $boxed (& $constant $false)
        & $boxed (& $constant $true)
        & $boxed $int
        & $boxed (& $block (& $number ([long]) 8))
        & $boxed (& $block (& $number ([double]) 8))
        & $boxed $text
        & $block $takeNested
    )
    $cases = for ($kind = 0; $kind -lt $readers.Count; $kind++) {
        & $x SwitchCase ((& $x Block ([void], (& $list $readers[$kind]))), (& $list (& $constant ([byte] $kind))))
    }
    $readValue = @(
        & $enter $one
        & $x Switch ([void], (& $x ArrayIndex ($bytes, $start)), $malformed, $null, [System.Linq.Expressions.SwitchCase[]] $cases)
    )

    # One object: a PSObject without a type of its own, as the engine's deserialiser makes them. The names are those of
    # no other member: the library sees to that.
    $addMember = & $call $members Add @(
        & $new ([psnoteproperty]) @([string], [object]) @((& $x ArrayIndex ($names, $column)), $value)
        & $constant $true
    )
    $readRow = @(
        $findShape
        & $set $object (& $new ([psobject]))
        & $set $members (& $call $object get_Properties)
        & $loop $column (& $x ArrayLength (, $names)) @($readValue; $addMember)
        & $call $rows Add $object
    )
    $readRows = @(
        & $set $utf8 (& $x Property ($null, [System.Text.Encoding], 'UTF8'))
        & $set $shapes (& $new $shapes.Type)
        & $set $rows (& $new $rows.Type)
        & $count $rowCount
        & $loop $row $rowCount $readRow
        # What is left over belongs to no row.
        & $require $left $zero
        $rows
    )
    $variables = [System.Linq.Expressions.ParameterExpression[]] @(
        $nestedTaken, $utf8, $start, $length, $rowCount, $row, $rows, $shapes, $shape, $names, $nameCount, $column, $object, $members, $value)
    $body = & $x Block ($variables, (& $list $readRows))
    $delegate = [System.Func[byte[], int, System.Collections.ArrayList, System.Collections.Generic.List[psobject]]]
    return (& $x Lambda ($delegate, $body, [System.Linq.Expressions.ParameterExpression[]] @($bytes, $at, $nested))).Compile()
}
