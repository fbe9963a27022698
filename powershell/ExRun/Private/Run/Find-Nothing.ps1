function Find-Nothing {
    <#
    .SYNOPSIS
        The first null or blank text in what a script block gave, in words; null where there is none. A [DBNull] says
        that it is meant, and Meant of the state that is passed notes it.
    .DESCRIPTION
        The library looks at the line, too. What it cannot see there is a [DBNull]. Text that is JSON is left to it.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [AllowNull()] [object] $Value,
        # Where the value stands: timeZone, or nothing for the whole.
        [string] $Place,
        # Meant: whether a [DBNull] was met; IsOfDatabase: whether one is only an empty field of a table; IsOnlyNull:
        # whether blank text may pass.
        [Parameter(Mandatory = $true)] [hashtable] $State,
        # How many levels may follow: an object that holds itself would never end.
        [int] $Depth = 40
    )

    $shown = if ($Place) { $Place } else { 'what it gave' }
    if ($null -eq $Value) { return "$shown is null" }
    $plain = $Value
    if ($Value -is [psobject]) { $plain = $Value.PSObject.BaseObject }
    if ($plain -is [System.DBNull]) {
        if ($State.IsOfDatabase) { return "$shown is null (an empty field of the table)" }
        $State.Meant = $true
        return $null
    }
    if ($plain -is [string] -and $State.IsOnlyNull) { return $null }
    if ($plain -is [string]) { return $(if ($plain.Trim() -eq '') { "$shown is blank" }) }
    if ($plain -is [System.ValueType] -or $plain -is [byte[]] -or $plain -is [uri] -or $Depth -lt 0) { return $null }
    if ($plain -is [System.Collections.IDictionary]) {
        foreach ($entry in $plain.GetEnumerator()) {
            if ([string] $entry.Key -like '@*') { continue }
            $found = Find-Nothing -Value $entry.Value -Place $(if ($Place) { "$Place.$($entry.Key)" } else { [string] $entry.Key }) -State $State -Depth ($Depth - 1)
            if ($found) { return $found }
        }
        return $null
    }
    if ($plain -is [System.Collections.IEnumerable]) {
        $number = 0
        foreach ($item in $plain) {
            $found = Find-Nothing -Value $item -Place "$Place[$number]" -State $State -Depth ($Depth - 1)
            if ($found) { return $found }
            $number++
        }
        return $null
    }
    if ($Value.PSObject.TypeNames[0] -eq 'ExRun.JsonText') { return $null }
    $isRecord = $plain -is [System.Management.Automation.PSCustomObject]
    if (-not $isRecord -and $plain.ToString() -ne $plain.GetType().FullName) { return $null }
    foreach ($property in $Value.PSObject.Properties) {
        if ($property.Name -like '@*') { continue }
        $found = Find-Nothing -Value $property.Value -Place $(if ($Place) { "$Place.$($property.Name)" } else { $property.Name }) -State $State -Depth ($Depth - 1)
        if ($found) { return $found }
    }
    return $null
}
