function Invoke-InCaller {
    <#
    .SYNOPSIS
        Runs a command as the caller of one of ours would, so that the caller's own function of that name is found.
    .DESCRIPTION
        It runs in a pipeline of its own in the caller's scope: an error inside does not leave it because the caller
        happens to stand in a try block, and the caller's preference Stop does not stop it. Returns Output and
        Errors; a terminating error is thrown.
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

    # Its text is compiled in that session state: a literal block would be bound to this module. It has no variables
    # of its own, which a command that looks into the scopes above it could meet.
    $run = [scriptblock]::Create('$args[0].Invoke()')
    $shell = [powershell]::Create([System.Management.Automation.RunspaceMode]::CurrentRunspace)
    try {
        [void] $shell.AddScript(('$ErrorActionPreference = ''Continue''; {0} {1}' -f $Command, $Arguments), $true)
        $output = $state.InvokeCommand.InvokeScript($state, $run, @($shell))
        return @{ Output = @($output); Errors = @($shell.Streams.Error) }
    } finally {
        $shell.Dispose()
    }
}
