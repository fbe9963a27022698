function Get-ExRunContext {
    <#
    .SYNOPSIS
        Lists the connections that Connect-ExRun made, and as what they are connected.
    .DESCRIPTION
        They belong to the process, so those that other runspaces made are among them. Nothing in the list is secret,
        and nobody is asked for anything: what is shown of the token is that of the one at hand.
    .PARAMETER Name
        Only the connection of this name.
    .EXAMPLE
        Get-ExRunContext

        Lists all of them.
    .OUTPUTS
        Objects with Name, TenantId, ClientId, AppName, Account (of a person), Method, Cloud, Credential, Thumbprint and
        CertificateExpiresOn (of a certificate), Roles (of an app), Scopes (of a person), ExpiresOn (of the token) and
        ConnectedAt.
    #>
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string] $Name)

    Clear-AbandonedRun
    $failure = $null
    $connections = @((Get-ConnectionTable).Clone().Values)
    if ($Name) {
        try { $connections = @(Get-Connection -Name $Name) } catch { $failure = New-ErrorRecord -Cmdlet $PSCmdlet -Failure $_ }
    }
    if ($null -ne $failure) {
        Write-ErrorRecord -Cmdlet $PSCmdlet -Record $failure
        return
    }
    foreach ($connection in $connections) { Update-Connection -Session $connection }
    $connections | Microsoft.PowerShell.Utility\Sort-Object -Property Name |
        Microsoft.PowerShell.Utility\Select-Object -Property Name, TenantId, ClientId, AppName, Account, Method, Cloud,
        Credential, Thumbprint, CertificateExpiresOn, Roles, Scopes, ExpiresOn, ConnectedAt
}
