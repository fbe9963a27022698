function New-PlanRequest {
    <#
    .SYNOPSIS
        What Open-Run needs for a run that does a plan, from the bound parameters of Invoke-ExRunPlan.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # The plan.
        [Parameter(Mandatory = $true)] [string] $Path,
        # Reads and says what would be done.
        [switch] $DryRun
    )

    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        $members = @{ plan = $Path }
        if ($DryRun) { $members['dryRun'] = $true }
        $files = @{ UndoPlan = 'undoPlan'; AuditFile = 'auditFile' }
        foreach ($name in $files.Keys) {
            if ($Bound[$name] -and -not $DryRun) { $members[$files[$name]] = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound[$name] }
        }
        return @{
            Function = 'exrun_plan_apply'
            Members  = $members
            Activity = if ($DryRun) { 'Comparing with the plan' } else { 'Doing the plan' }
        }
    }
}
