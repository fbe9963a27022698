function Remove-CaughtError {
    <#
    .SYNOPSIS
        Takes an exception that a command of ours has caught out of $Error and the command's -ErrorVariable.
    .DESCRIPTION
        PowerShell notes there what is thrown inside a command as well, so that a caller would find a failure several
        times over, and under the wrong id. The command then reports it once, as its own.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Exception] $Exception,
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    $lists = @(, $global:Error)
    $variable = [string] $Cmdlet.MyInvocation.BoundParameters['ErrorVariable']
    if ($variable) { $lists += , $Cmdlet.SessionState.PSVariable.GetValue($variable.TrimStart('+')) }
    foreach ($list in $lists) {
        if ($list -isnot [System.Collections.ArrayList]) { continue }
        for ($index = $list.Count - 1; $index -ge 0; $index--) {
            $noted = $list[$index]
            if ($noted -is [System.Management.Automation.RuntimeException]) { $noted = $noted.ErrorRecord }
            if ($noted -is [System.Management.Automation.ErrorRecord] -and [object]::ReferenceEquals($noted.Exception, $Exception)) {
                $list.RemoveAt($index)
            }
        }
    }
}
