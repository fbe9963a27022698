function ConvertTo-JsonValue {
    <#
    .SYNOPSIS
        A value as JSON on one line.
    .DESCRIPTION
        Dates become ISO 8601, which Windows PowerShell's ConvertTo-Json would write in a form of its own, and bytes
        base64, as Graph writes binary values; other values of one word (enums, GUIDs, addresses) become text. Any
        other object becomes one of its properties.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [AllowNull()] [object] $Value,
        # How many levels may follow: an object that holds itself would never end.
        [int] $Depth = 40
    )

    if ($Depth -lt 0) {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message 'an object that was given is nested deeper than 40 levels, or holds itself')
    }
    if ($null -eq $Value) { return 'null' }
    # Not as the value of an if: that would take the only element of a list for the list.
    $plain = $Value
    if ($Value -is [psobject]) { $plain = $Value.PSObject.BaseObject }
    if ($plain -is [string] -or $plain -is [enum] -or $plain -is [guid] -or $plain -is [uri] -or $plain -is [timespan]) {
        return ConvertTo-JsonText -Text $plain
    }
    if ($plain -is [System.DBNull]) { return 'null' }
    if ($plain -is [switch]) { $plain = $plain.IsPresent }
    if ($plain -is [bool]) { return ([string] $plain).ToLowerInvariant() }
    if ($plain -is [datetime] -or $plain -is [System.DateTimeOffset]) { return '"' + $plain.ToString('o') + '"' }
    # Of .NET 6 and later: Windows PowerShell has no such types.
    if ($plain.GetType().FullName -in 'System.DateOnly', 'System.TimeOnly') {
        return '"' + $plain.ToString('o', [System.Globalization.CultureInfo]::InvariantCulture) + '"'
    }
    if (($plain -is [double] -or $plain -is [float]) -and ([double]::IsNaN($plain) -or [double]::IsInfinity($plain))) {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message ('{0} was given, which is a number that JSON cannot hold' -f $plain))
    }
    # Windows PowerShell's .NET would drop the last digits otherwise.
    if ($plain -is [double] -or $plain -is [float]) { return $plain.ToString('R', [System.Globalization.CultureInfo]::InvariantCulture) }
    if ($plain -is [System.ValueType] -and $plain -is [System.IConvertible] -and $plain -isnot [char]) {
        return [System.Convert]::ToString($plain, [System.Globalization.CultureInfo]::InvariantCulture)
    }
    if ($plain -is [byte[]]) { return '"' + [System.Convert]::ToBase64String($plain) + '"' }
    if ($plain -is [System.Collections.IDictionary]) {
        # Its entries, and not .Keys: a key of that name would be taken for them.
        $members = foreach ($entry in $plain.GetEnumerator()) { '{0}:{1}' -f (ConvertTo-JsonText -Text $entry.Key), (ConvertTo-JsonValue -Value $entry.Value -Depth ($Depth - 1)) }
        return '{' + (@($members) -join ',') + '}'
    }
    if ($plain -is [System.Collections.IEnumerable]) {
        $items = foreach ($item in $plain) { ConvertTo-JsonValue -Value $item -Depth ($Depth - 1) }
        return '[' + (@($items) -join ',') + ']'
    }
    # An object whose text is only its type's name has none of its own: one of a class, or of the Graph SDK.
    $isRecord = $plain -is [System.Management.Automation.PSCustomObject]
    if ($isRecord -or $plain.ToString() -eq $plain.GetType().FullName) {
        if ($isRecord -and $Value.PSObject.TypeNames[0] -eq 'ExRun.JsonText') { return $Value.Text }
        $members = foreach ($property in $Value.PSObject.Properties) { '{0}:{1}' -f (ConvertTo-JsonText -Text $property.Name), (ConvertTo-JsonValue -Value $property.Value -Depth ($Depth - 1)) }
        return '{' + (@($members) -join ',') + '}'
    }
    return ConvertTo-JsonText -Text $plain
}
