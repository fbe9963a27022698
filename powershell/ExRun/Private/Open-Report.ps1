function Open-Report {
    <#
    .SYNOPSIS
        Opens a mailbox settings report for one of the report commands, or ends that command with the reason why not.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    try {
        $session = Open-Session -Cmdlet $Cmdlet -AccessToken $Bound['AccessToken'] -CertFileName $Bound['CertFileName'] `
            -Password $Bound['password'] -Certificate $Bound['Certificate'] -Connection $Bound['Connection']
        return Start-Report -Cmdlet $Cmdlet -Session $session -MaxConcurrency $Bound['MaxConcurrency'] `
            -IncludeError:([bool] $Bound['IncludeError'])
    } catch {
        $failure = New-ErrorRecord -Cmdlet $Cmdlet -Failure $_
    }
    $Cmdlet.ThrowTerminatingError($failure)
}
