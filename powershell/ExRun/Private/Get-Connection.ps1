function Get-Connection {
    <#
    .SYNOPSIS
        A connection that Connect-ExRun made: the named one, else the one that applies without a name.
    .DESCRIPTION
        Without a name that is the one that Connect-EXRMailbox made for the mailbox's domain, else 'Default', else the
        only one there is, else the first that Connect-EXRMailbox made. Null where there is none.
    #>
    [CmdletBinding()]
    param(
        [string] $Name,
        [string] $MailboxName
    )

    # A copy: another runspace may connect or disconnect meanwhile.
    $table = (Get-ConnectionTable).Clone()
    if ($Name) {
        if ($table.ContainsKey($Name)) { return $table[$Name] }
        throw (New-ExRunException -Name 'ConnectionMissing' -Target $Name -Message (
            'there is no connection named {0}; make it with Connect-ExRun -Name {0}, Get-ExRunContext lists those that exist' -f $Name))
    }
    $ofMailboxes = @(foreach ($session in @($table.Values)) { if ($session.Domain) { $session } })
    if ($MailboxName -and $ofMailboxes.Count -gt 0) {
        $domain = ($MailboxName -split '@')[-1]
        foreach ($session in $ofMailboxes) { if ($session.Domain -eq $domain) { return $session } }
    }
    if ($table.ContainsKey('Default')) { return $table['Default'] }
    $names = @($table.Keys)
    if ($names.Count -eq 1) { return $table[$names[0]] }
    if ($ofMailboxes.Count -gt 0) {
        return $ofMailboxes | Microsoft.PowerShell.Utility\Sort-Object -Property ConnectedAt | Microsoft.PowerShell.Utility\Select-Object -First 1
    }
    if ($names.Count -gt 1) {
        throw (New-ExRunException -Name 'ConnectionMissing' -Message (
            'there are several connections ({0}) and none is named Default; say which one with -Connection' -f (($names | Microsoft.PowerShell.Utility\Sort-Object) -join ', ')))
    }
    return $null
}
