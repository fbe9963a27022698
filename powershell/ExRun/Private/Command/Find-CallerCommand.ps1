function Find-CallerCommand {
    <#
    .SYNOPSIS
        The command that the caller of one of ours would get by a name; null where there is none.
    #>
    [CmdletBinding()]
    [OutputType([System.Management.Automation.CommandInfo])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $Name
    )

    # An alias of that name in this module's own scope is a test double, put there on purpose.
    $own = $ExecutionContext.SessionState.InvokeCommand.GetCommand($Name, 'All')
    if ($null -ne $own -and $own.CommandType -eq 'Alias') { return $own }
    $state = $Cmdlet.SessionState
    $find = [scriptblock]::Create('$ExecutionContext.InvokeCommand.GetCommand($args[0], ''All'')')
    return $state.InvokeCommand.InvokeScript($state, $find, @($Name)) | Microsoft.PowerShell.Utility\Select-Object -First 1
}
