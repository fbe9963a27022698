# What of a change's parameters is of the comparison before it: the plan says which mailboxes it is about.
$script:ComparisonOnly = 'State', 'Mailboxes', 'All', 'Filter', 'Top', 'Group', 'IncludeWithoutMailbox', 'Shard', 'PlanFile'

function Open-StateChange {
    <#
    .SYNOPSIS
        Asks whether the plan of Set-ExRunMailboxState or a like command may be done and opens the run that does it; nothing where it may not.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # What Open-RunSession gave.
        [Parameter(Mandatory = $true)] [psobject] $Session,
        # What Resolve-StateFile gave.
        [Parameter(Mandatory = $true)] [hashtable] $File,
        # What is done, for whoever is asked.
        [Parameter(Mandatory = $true)] [string] $Action
    )

    $run = $null
    try {
        $own = @{}
        foreach ($name in $Bound.Keys) { if ($name -notin $script:ComparisonOnly) { $own[$name] = $Bound[$name] } }
        $own['Path'] = $File.Plan
        $plan = Read-PlanFile -Cmdlet $Cmdlet -Bound $own
        $text = $plan.Text -replace '^[^:]* of the tenant', 'the mailboxes of the tenant'
        $asWhom = '{0}, as {1}' -f $Action, (Format-Actor -Session $Session)
        # Where there is nothing to do nothing is asked.
        if ($plan.Count -gt 0 -and -not $Cmdlet.ShouldProcess($text, $asWhom)) { return }
        $open = New-PlanRequest -Cmdlet $Cmdlet -Bound $own -Path $plan.Path
        $run = Open-Run -Cmdlet $Cmdlet -Bound $own -Session $Session @open
        if (-not $File.IsKept) { $run.TemporaryFiles = @($File.Plan) }
        return $run
    } finally {
        if ($null -eq $run) {
            Close-Session -Session $Session
            if (-not $File.IsKept) { Remove-TemporaryPlan -Path $File.Plan }
        }
    }
}
