function New-CertificateMethodSession {
    <#
    .SYNOPSIS
        A session for signing in with a certificate: of a file, of a store, or an object.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The bound parameters of Connect-ExRun.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # Options of every way.
        [Parameter(Mandatory = $true)] [hashtable] $Common,
        # What New-VaultCredential gave.
        [AllowNull()] [hashtable] $InVault,
        [string] $Cloud
    )

    $certificate = $Bound['Certificate']
    if ($Bound['CertificateThumbprint']) { $certificate = Find-StoreCertificate -Thumbprint $Bound['CertificateThumbprint'] }
    $path = $Bound['CertificatePath']
    if ($path -and $null -ne ($found = Resolve-StoreCertificate -Cmdlet $Cmdlet -Path $path)) {
        $certificate = $found
        $path = ''
    }
    $options = @{
        Cmdlet            = $Cmdlet
        TenantId          = $Bound['TenantId']
        ClientId          = $Bound['ClientId']
        CertificatePath   = $path
        Password          = $Bound['Password']
        Certificate       = $certificate
        Cloud             = $Cloud
        Further           = $Common
        InVault           = $InVault
        Describe          = $true
        PasswordParameter = 'Password'
    }
    $session = New-CertificateSession @options
    $session.Method = 'Certificate'
    return $session
}
