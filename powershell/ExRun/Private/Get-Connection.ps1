function Get-Connection {
    <#
    .SYNOPSIS
        A connection that Connect-ExRun made: the named one, else the one that applies without a name.
    .DESCRIPTION
        Without a name that is 'Default', else the only one there is. Null where there is none.
    #>
    [CmdletBinding()]
    param([string] $Name)

    $table = Get-ConnectionTable
    if ($Name) {
        if ($table.ContainsKey($Name)) { return $table[$Name] }
        throw (New-ExRunException -Name 'ConnectionMissing' -Target $Name -Message (
            'there is no connection named {0}; make it with Connect-ExRun -Name {0}, Get-ExRunContext lists those that exist' -f $Name))
    }
    if ($table.ContainsKey('Default')) { return $table['Default'] }
    $names = @($table.Keys)
    if ($names.Count -eq 1) { return $table[$names[0]] }
    if ($names.Count -gt 1) {
        throw (New-ExRunException -Name 'ConnectionMissing' -Message (
            'there are several connections ({0}) and none is named Default; say which one with -Connection' -f (($names | Microsoft.PowerShell.Utility\Sort-Object) -join ', ')))
    }
    return $null
}
