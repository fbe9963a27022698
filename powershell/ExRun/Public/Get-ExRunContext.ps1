function Get-ExRunContext {
    <#
    .SYNOPSIS
        Lists the connections that Connect-ExRun made, and as what they are connected.
    .DESCRIPTION
        Those of this runspace, and what other runspaces made where this one made none of that name. Nothing in the list is secret,
        and nobody is asked for anything: what is shown of the token is that of the one at hand.
    .PARAMETER Name
        Only the connection of this name.
    .EXAMPLE
        Get-ExRunContext

        Lists all of them.
    .EXAMPLE
        Get-ExRunContext | Where-Object { $_.CertificateExpiresOn -and $_.CertificateExpiresOn -lt (Get-Date).AddDays(30) }

        Shows the connections whose certificate ends within a month.
    .OUTPUTS
        Objects with Name, TenantId, ClientId, AppName, Account (of a person), Method, Cloud, Credential, Thumbprint and
        CertificateExpiresOn (of a certificate), Roles (of an app), Scopes (of a person), ExpiresOn (of the token) and
        ConnectedAt.
    #>
    [CmdletBinding()]
    [OutputType('ExRun.Context')]
    param([Parameter(Position = 0)] [string] $Name)

    Enter-Command -Cmdlet $PSCmdlet
    $visible = Get-VisibleConnection
    $connections = @($visible.Values)
    if ($Name) {
        $connections = @($visible[$Name])
        if ($null -eq $connections[0]) {
            $failure = New-ExRunException -Name 'ConnectionMissing' -Target $Name -Message (
                'there is no connection named {0}; Get-ExRunContext without a name lists those that exist' -f $Name)
            Write-ErrorRecord -Cmdlet $PSCmdlet -Record (New-ErrorRecord -Cmdlet $PSCmdlet -Failure $failure)
            return
        }
    }
    foreach ($connection in $connections) { Update-Connection -Session $connection }
    $contexts = $connections | Microsoft.PowerShell.Utility\Sort-Object -Property Name |
        Microsoft.PowerShell.Utility\Select-Object -Property Name, TenantId, ClientId, AppName, Account, Method, Cloud,
        Credential, Thumbprint, CertificateExpiresOn, Roles, Scopes, ExpiresOn, ConnectedAt
    Add-View -InputObject $contexts -Name 'ExRun.Context'
    return $contexts
}
