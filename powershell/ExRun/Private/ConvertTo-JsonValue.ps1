function ConvertTo-JsonValue {
    <#
    .SYNOPSIS
        A value as JSON on one line.
    .DESCRIPTION
        Dates become ISO 8601, which Windows PowerShell's ConvertTo-Json would write in a form of its own; other
        values of one word (enums, GUIDs, addresses) become text.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [AllowNull()] [object] $Value,
        # How many levels may follow: an object that holds itself would never end.
        [int] $Depth = 40
    )

    if ($Depth -lt 0) {
        throw (New-ExRunException -Name 'InvalidArgument' -Message 'an object that was given is nested deeper than 40 levels, or holds itself')
    }
    if ($null -eq $Value) { return 'null' }
    # Not as the value of an if: that would take the only element of a list for the list.
    $plain = $Value
    if ($Value -is [psobject]) { $plain = $Value.PSObject.BaseObject }
    if ($plain -is [string] -or $plain -is [enum] -or $plain -is [guid] -or $plain -is [uri] -or $plain -is [timespan]) {
        return ConvertTo-JsonText -Text $plain
    }
    if ($plain -is [bool]) { return ([string] $plain).ToLowerInvariant() }
    if ($plain -is [datetime] -or $plain -is [System.DateTimeOffset]) { return '"' + $plain.ToString('o') + '"' }
    if ($plain -is [System.ValueType] -and $plain -isnot [char]) {
        return [System.Convert]::ToString($plain, [System.Globalization.CultureInfo]::InvariantCulture)
    }
    if ($plain -is [System.Collections.IDictionary]) {
        $members = foreach ($name in $plain.Keys) { '{0}:{1}' -f (ConvertTo-JsonText -Text $name), (ConvertTo-JsonValue -Value $plain[$name] -Depth ($Depth - 1)) }
        return '{' + (@($members) -join ',') + '}'
    }
    if ($plain -is [System.Collections.IEnumerable]) {
        $items = foreach ($item in $plain) { ConvertTo-JsonValue -Value $item -Depth ($Depth - 1) }
        return '[' + (@($items) -join ',') + ']'
    }
    if ($plain -is [System.Management.Automation.PSCustomObject]) {
        if ($Value.PSObject.TypeNames[0] -eq 'ExRun.JsonText') { return $Value.Text }
        $members = foreach ($property in $Value.PSObject.Properties) { '{0}:{1}' -f (ConvertTo-JsonText -Text $property.Name), (ConvertTo-JsonValue -Value $property.Value -Depth ($Depth - 1)) }
        return '{' + (@($members) -join ',') + '}'
    }
    return ConvertTo-JsonText -Text $plain
}
