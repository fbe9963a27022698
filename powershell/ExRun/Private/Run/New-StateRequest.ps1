function New-StateRequest {
    <#
    .SYNOPSIS
        What Open-Run needs for a run that compares mailboxes with a wanted state, from the bound parameters of its command.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # The file that takes the plan.
        [string] $PlanFile
    )

    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        $members = @{ state = Read-MailboxState -Cmdlet $Cmdlet -State $Bound['State'] }
        if ($Bound['IncludeEmpty']) { $members['includeEmpty'] = $true }
        if ($PlanFile) { $members['planFile'] = $PlanFile }
        return @{
            Function = 'exrun_mailbox_state_plan'
            Members  = $members
            Activity = 'Comparing with the wanted state'
        }
    }
}
