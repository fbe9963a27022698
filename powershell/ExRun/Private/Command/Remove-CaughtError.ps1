function Remove-CaughtError {
    <#
    .SYNOPSIS
        Takes an exception that one of our functions has caught, and those within it, out of $Error and out of every
        -ErrorVariable of the commands that are under way.
    .DESCRIPTION
        PowerShell notes there what is thrown inside a command as well, so that a caller would find a failure several
        times over and under the wrong id, or one that was none. The command then reports it once, as its own.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [System.Exception] $Exception)

    $lists = [System.Collections.Generic.List[object]]::new()
    $lists.Add($global:Error)
    foreach ($frame in Microsoft.PowerShell.Utility\Get-PSCallStack) {
        $variable = $frame.InvocationInfo.BoundParameters['ErrorVariable']
        if (-not $variable) { continue }
        $command = $frame.GetFrameVariables()['PSCmdlet']
        if ($null -ne $command) { $lists.Add($command.Value.SessionState.PSVariable.GetValue(([string] $variable).TrimStart('+'))) }
    }
    for ($caught = $Exception; $null -ne $caught; $caught = $caught.InnerException) {
        foreach ($list in $lists) {
            if ($list -isnot [System.Collections.ArrayList]) { continue }
            for ($index = $list.Count - 1; $index -ge 0; $index--) {
                $noted = $list[$index]
                if ($noted -is [System.Management.Automation.ErrorRecord]) { $noted = $noted.Exception }
                $isRuntime = $noted -is [System.Management.Automation.RuntimeException]
                if ([object]::ReferenceEquals($noted, $caught) -or ($isRuntime -and [object]::ReferenceEquals($noted.ErrorRecord.Exception, $caught))) {
                    $list.RemoveAt($index)
                }
            }
        }
    }
}
