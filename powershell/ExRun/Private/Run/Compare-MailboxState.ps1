# What of a change's parameters is none of the comparison before it.
$script:ChangeOnly = 'Maximum', 'Journal', 'RetryFailed', 'OutFile', 'FailedFile', 'DefuseFormulas', 'Encoding', 'IncludeError', 'AsCompleted', 'UndoPlan', 'AuditFile', 'PlanFile'

function Compare-MailboxState {
    <#
    .SYNOPSIS
        Has mailboxes compared with a wanted state and the plan written that brings them to it. Emits nothing: what failed
        is told as errors of the command.
    .DESCRIPTION
        The session stays open for whoever does the plan.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # What Open-RunSession gave.
        [Parameter(Mandatory = $true)] [psobject] $Session,
        # What New-StateRequest gave.
        [Parameter(Mandatory = $true)] [hashtable] $Open,
        # The mailboxes, where they were given.
        [AllowNull()] [AllowEmptyCollection()] [object[]] $Mailbox,
        # What Resolve-StateFile gave: the plan is written to its Plan, which is made where nobody keeps it.
        [Parameter(Mandatory = $true)] [hashtable] $File
    )

    $own = @{}
    foreach ($name in $Bound.Keys) { if ($name -notin $script:ChangeOnly) { $own[$name] = $Bound[$name] } }
    if ($File.Failed) { $own['FailedFile'] = $File.Failed }
    # A run frees a session that nobody else has.
    $isShared = $Session.Shared
    $isDone = $false
    try {
        $Session.Shared = $true
        # Made anew and for this user alone, which a name made up here would not be.
        if (-not $File.IsKept) { $File.Plan = [System.IO.Path]::GetTempFileName() }
        $Open.Members['planFile'] = $File.Plan
        $run = Open-Run -Cmdlet $Cmdlet -Bound $own -Session $Session @Open
        # Where they are told to be listed: that is where they are in the end.
        if ($File.Failed) { $run.Files['FailedFile'] = $File.AllFailed }
        if (-not $run.HasSource) { $run.Waiting.Add($Mailbox) }
        $null = Complete-Run -Run $run
        $isDone = $true
    } finally {
        $Session.Shared = $isShared
        if (-not $isDone) {
            Close-Session -Session $Session
            if (-not $File.IsKept) { Remove-TemporaryPlan -Path $File.Plan }
        }
    }
}
