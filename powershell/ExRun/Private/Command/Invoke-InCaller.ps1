function Invoke-InCaller {
    <#
    .SYNOPSIS
        Runs a command as the caller of one of ours would, so that the caller's own function of that name is found.
    .DESCRIPTION
        It runs in a pipeline of its own in the caller's scope: an error inside does not leave it because the caller
        happens to stand in a try block, and the caller's preference Stop does not stop it. Returns Output and
        Errors, and in Failure the exception of a terminating one. As the caller's own they stay in $Error.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $Command,
        [string] $Arguments
    )

    # An alias of that name in this module's own scope is a test double, put there on purpose.
    $state = $Cmdlet.SessionState
    $own = $ExecutionContext.SessionState.InvokeCommand.GetCommand($Command, 'All')
    if ($null -ne $own -and $own.CommandType -eq 'Alias') { $state = $ExecutionContext.SessionState }

    $shell = [powershell]::Create([System.Management.Automation.RunspaceMode]::CurrentRunspace)
    try {
        [void] $shell.AddScript(('$ErrorActionPreference = ''Continue''; {0} {1}' -f $Command, $Arguments), $true)
        $invoke = [powershell].GetMethods() | Microsoft.PowerShell.Core\Where-Object { $_.Name -eq 'Invoke' -and -not $_.IsGenericMethod -and $_.GetParameters().Count -eq 0 }
        $output = Invoke-CallerCode { Invoke-Method -Method $invoke -On $shell -From $state }
        if ($output -is [System.Exception]) { return @{ Output = @(); Errors = @(); Failure = $output } }
        return @{ Output = @($output); Errors = @($shell.Streams.Error); Failure = $null }
    } finally {
        $shell.Dispose()
    }
}
