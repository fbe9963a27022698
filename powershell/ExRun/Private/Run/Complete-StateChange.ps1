function Complete-StateChange {
    <#
    .SYNOPSIS
        The end of a command that brings mailboxes to what is wanted: has them compared, asks once whether the plan may be
        done, has it done and emits its rows. With DryRun it emits the differences.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # What Open-Run needs for the comparison.
        [Parameter(Mandatory = $true)] [hashtable] $Open,
        # What Resolve-StateFile gave.
        [Parameter(Mandatory = $true)] [hashtable] $File,
        # The mailboxes, where they were given.
        [AllowNull()] [AllowEmptyCollection()] [object[]] $Mailbox,
        # What the mailboxes that are changed differ from.
        [Parameter(Mandatory = $true)] [string] $From,
        # What is done, for whoever is asked; {0} is which mailboxes.
        [Parameter(Mandatory = $true)] [string] $Action,
        [switch] $DryRun
    )

    $session = Invoke-Guarded -Cmdlet $Cmdlet -Do { Open-RunSession -Cmdlet $Cmdlet -Bound $Bound }
    if ($DryRun) {
        $own = @{} + $Bound
        foreach ($name in 'Maximum', 'Journal', 'RetryFailed') { $own.Remove($name) }
        $run = Open-Run -Cmdlet $Cmdlet -Bound $own -Session $session @Open
        # Says as whom; what would change, the rows say.
        [void] $Cmdlet.ShouldProcess("the mailboxes that differ from $From", ('{0}, as {1}' -f ($Action -f 'them'), (Format-Actor -Session $session)))
        if (-not $run.HasSource) { $run.Waiting.Add($Mailbox) }
        Complete-Run -Run $run
        return
    }
    if (-not $File.Resumes) {
        Compare-MailboxState -Cmdlet $Cmdlet -Bound $Bound -Session $session -Open $Open -Mailbox $Mailbox -File $File
    }
    $run = Open-StateChange -Cmdlet $Cmdlet -Bound $Bound -Session $session -File $File -Action ($Action -f 'mailboxes')
    if ($null -ne $run) { Complete-Run -Run $run }
    if ($File.Failed) { Join-FailedFile -From $File.Failed -To $File.AllFailed }
}
