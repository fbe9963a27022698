function Select-Connection {
    <#
    .SYNOPSIS
        Of connections by name the one that applies where none is named; null where there is none.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable] $Table,
        [string] $MailboxName,
        # Only what applies whatever others there are: the one of the mailbox's domain, or Default.
        [switch] $Certain
    )

    $ofMailboxes = @(foreach ($session in @($Table.Values)) { if ($session.Domain) { $session } })
    if ($MailboxName -and $ofMailboxes.Count -gt 0) {
        $domain = ($MailboxName -split '@')[-1]
        foreach ($session in $ofMailboxes) { if ($session.Domain -eq $domain) { return $session } }
    }
    if ($Table.ContainsKey('Default')) { return $Table['Default'] }
    if ($Certain) { return $null }
    $names = @($Table.Keys)
    if ($names.Count -eq 1) { return $Table[$names[0]] }
    # One that was to be among them decides nothing for others.
    foreach ($session in @($Table.Values)) { if ($session.HasFailed) { return $session } }
    if ($ofMailboxes.Count -gt 0) {
        return $ofMailboxes | Microsoft.PowerShell.Utility\Sort-Object -Property ConnectedAt | Microsoft.PowerShell.Utility\Select-Object -First 1
    }
    if ($names.Count -gt 1) {
        Stop-Attempt (New-ExRunException -Name 'ConnectionMissing' -Message (
            'there are several connections ({0}) and none is named Default; say which one with -Connection' -f (($names | Microsoft.PowerShell.Utility\Sort-Object) -join ', ')))
    }
    return $null
}
