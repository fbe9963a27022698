function Get-Connection {
    <#
    .SYNOPSIS
        The connection that a command of this runspace uses: the named one, else the one that applies without a name.
    .DESCRIPTION
        What this runspace connected comes first. Without a name that is the one that Connect-EXRMailbox made for the
        mailbox's domain, else 'Default', else the only one there is, else the first that Connect-EXRMailbox made. Null
        where there is none. Throws where it is not certain whose tenant is meant.
    #>
    [CmdletBinding()]
    param(
        # The command that asks: its connection may not have become another tenant's since it began.
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [string] $Name,
        [string] $MailboxName
    )

    $own = Get-OwnConnection
    # A copy: another runspace may connect or disconnect meanwhile.
    $process = (Get-ConnectionTable).Clone()
    $mine = $own.Connections.Clone()
    foreach ($failed in $own.Failed.Keys) { $mine[$failed] = $own.Failed[$failed] }

    $session = $null
    if ($Name) {
        $session = if ($mine.ContainsKey($Name)) { $mine[$Name] } else { $process[$Name] }
        if ($null -eq $session) {
            Stop-Attempt (New-ExRunException -Name 'ConnectionMissing' -Target $Name -Message (
                'there is no connection named {0}; make it with Connect-ExRun -Name {0}, Get-ExRunContext lists those that exist' -f $Name))
        }
    } elseif ($mine.Count -eq 0) {
        $session = Select-Connection -Table $process -MailboxName $MailboxName
    } else {
        $session = Select-Connection -Table $mine -MailboxName $MailboxName -Certain
        if ($null -eq $session) {
            # One of the process that would apply, beside others that this runspace made.
            $session = Select-Connection -Table $process -MailboxName $MailboxName -Certain
            if ($null -ne $session) {
                foreach ($other in $mine.Values) {
                    if (Test-SameTenant -One $session -Other $other) { continue }
                    Stop-Attempt (New-ExRunException -Name 'ConnectionMissing' -Message (
                        'this runspace connected {0}, of the tenant {1}, and {2} is of the tenant {3}: say which one with -Connection' -f
                        $other.Name, (Format-Tenant -Session $other), $session.Name, (Format-Tenant -Session $session)))
                }
            } else {
                $session = Select-Connection -Table $mine -MailboxName $MailboxName
            }
        }
    }
    if ($null -eq $session) { return $null }
    foreach ($unbound in Find-UnboundConnect) {
        $isKnown = $false
        foreach ($known in $own.Unbound) { if ([object]::ReferenceEquals($known, $unbound)) { $isKnown = $true } }
        if ($isKnown) { continue }
        Stop-Attempt (New-ExRunException -Name 'ConnectionMissing' -Target $session.Name -Message (
            'the last {0} of this runspace failed ({1}), so the earlier connection {2}, of the tenant {3}, is not used: connect again, or Disconnect-ExRun to forget it' -f
            $unbound.InvocationInfo.MyCommand.Name, $unbound.Exception.Message, $session.Name, (Format-Tenant -Session $session)))
    }
    if ($session.HasFailed) {
        Stop-Attempt (New-ExRunException -Name 'ConnectionMissing' -Target $session.Name -Message (
            'there is no connection named {0}: the last {1} for it failed in this runspace; connect again, or Disconnect-ExRun to forget it' -f $session.Name, $session.Method))
    }
    Assert-ConnectionKept -Session $session -Own $own -Since (Get-CommandStart -Cmdlet $Cmdlet)
    return $session
}
