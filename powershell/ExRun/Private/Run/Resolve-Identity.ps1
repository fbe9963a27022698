function Resolve-Identity {
    <#
    .SYNOPSIS
        Who the app is for a token command: from its parameters and Get-AppSettings when it has a certificate, else
        from a connection.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    $given = @{
        RedirectUrl        = $Bound['redirectUrl']
        ResourceUrl        = $Bound['ResourceURL']
        ValidateForMinutes = $Bound['ValidateForMinutes']
    }
    if ($Bound['CertFileName'] -or $Bound['Certificate']) {
        return Get-AppIdentity -Cmdlet $Cmdlet -TenantId $Bound['TenantId'] -ClientId $Bound['ClientId'] @given
    }
    if ($Bound['TenantId'] -or $Bound['ClientId']) {
        Stop-Attempt (New-ExRunException -Name 'CredentialMissing' -Message '-TenantId and -ClientId need the certificate of the app: give -CertFileName or -Certificate')
    }
    $connection = Get-Connection -Cmdlet $Cmdlet -Name $Bound['Connection']
    if ($null -ne $connection) {
        $given['TenantId'] = $connection.TenantId
        $given['ClientId'] = $connection.ClientId
        # Looked up once: the token must be of the tenant that is said beside it.
        $given['Session'] = $connection
    }
    return [pscustomobject] $given
}
