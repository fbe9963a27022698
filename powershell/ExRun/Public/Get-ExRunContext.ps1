function Get-ExRunContext {
    <#
    .SYNOPSIS
        Lists the connections that Connect-ExRun made.
    .DESCRIPTION
        They belong to the process, so those that other runspaces made are among them. Nothing in the list is secret.
    .PARAMETER Name
        Only the connection of this name.
    .EXAMPLE
        Get-ExRunContext

        Lists all of them.
    .OUTPUTS
        Objects with Name, TenantId, ClientId, Cloud, Credential and ConnectedAt.
    #>
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string] $Name)

    Clear-AbandonedRun
    $failure = $null
    $connections = @((Get-ConnectionTable).Values)
    if ($Name) {
        try { $connections = @(Get-Connection -Name $Name) } catch { $failure = New-ErrorRecord -Cmdlet $PSCmdlet -Failure $_ }
    }
    if ($null -ne $failure) {
        $PSCmdlet.WriteError($failure)
        return
    }
    $connections | Microsoft.PowerShell.Utility\Sort-Object -Property Name |
        Microsoft.PowerShell.Utility\Select-Object -Property Name, TenantId, ClientId, Cloud, Credential, ConnectedAt
}
