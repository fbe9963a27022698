function Resolve-StateFile {
    <#
    .SYNOPSIS
        The files of Set-ExRunMailboxState: Plan where it is kept, and Resumes where it is gone on with; Failed and AllFailed, the lists of
        what failed in the comparison and in all. Ends the command where its parameters do not fit together.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        $files = @{ Plan = $null; IsKept = $false; Resumes = $false; Failed = $null; AllFailed = $null }
        if ($Bound['Journal'] -and -not $Bound['PlanFile']) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message '-Journal needs -PlanFile: a run that is gone on with does the rest of the same plan')
        }
        if ($Bound['PlanFile']) {
            $files.Plan = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound['PlanFile']
            $files.IsKept = $true
            if ($Bound['Journal']) {
                $journal = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound['Journal']
                $files.Resumes = [System.IO.File]::Exists($journal) -and [System.IO.File]::Exists($files.Plan)
            }
        }
        if ($Bound['FailedFile']) {
            Assert-RunParameter -Bound $Bound
            $files.AllFailed = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound['FailedFile']
            if (-not $files.Resumes) { $files.Failed = $files.AllFailed -replace '\.csv$', '.comparison.csv' }
        }
        return $files
    }
}
