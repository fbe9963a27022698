function Update-ExRunCertificate {
    <#
    .SYNOPSIS
        Replaces an application's certificate by a new one, and retires the old one only when that is proved to work.
    .DESCRIPTION
        In four steps, of which each must succeed before the next begins: writes a new PFX file; adds its certificate to the
        application through Microsoft Graph; signs in with it, which may take a few minutes until the service knows it; and
        removes the old certificate. The connection goes on with the new one. When a step fails, the old certificate is
        still there and in use, and the new file and key stay for another try.
    .PARAMETER CertificatePath
        The PFX file to write. It must not exist: the old one is needed until the new one works.
    .PARAMETER Password
        The password for the PFX file; asked for when it is not given.
    .PARAMETER Subject
        The subject of the new certificate; by default that the application's name says.
    .PARAMETER ValidDays
        How many days the certificate is valid; a year by default.
    .PARAMETER KeepOld
        Keeps the old certificate registered.
    .PARAMETER OldThumbprint
        The certificates to retire; by default the one that the connection signs in with.
    .PARAMETER WaitMinutes
        How long the service may take to know the new certificate; 5 by default.
    .PARAMETER Connection
        The name of the connection to use; its application is the one whose certificate is replaced.
    .EXAMPLE
        Connect-ExRun -TenantId contoso.com -ClientId $id -CertificatePath ./app-2026.pfx
        Update-ExRunCertificate ./app-2027.pfx

        Changes over to a new certificate.
    .EXAMPLE
        Update-ExRunCertificate ./app-2028.pfx -Password (Read-Host -AsSecureString) -KeepOld

        Changes over, and leaves the old certificate registered for other machines.
    .OUTPUTS
        An object with CertificatePath, Thumbprint, ExpiresOn, Retired, and Keys: the certificates that the application has
        now.
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
    [OutputType([psobject])]
    param(
        [Parameter(Position = 0, Mandatory = $true)] [string] $CertificatePath,
        [Parameter()] [securestring] $Password,
        [Parameter()] [string] $Subject,
        [Parameter()] [ValidateRange(1, 36500)] [int] $ValidDays = 365,
        [Parameter()] [switch] $KeepOld,
        [Parameter()] [string[]] $OldThumbprint,
        [Parameter()] [ValidateRange(0, 60)] [int] $WaitMinutes = 5,
        [Parameter()] [string] $Connection
    )

    Enter-Command -Cmdlet $PSCmdlet
    Invoke-Guarded -Cmdlet $PSCmdlet -Do {
        $session = Open-Session -Cmdlet $PSCmdlet -Connection $Connection
        if ($PSCmdlet.ShouldProcess([string] $session.ClientId, 'Replace the certificate of the application, as ' + (Format-Actor -Session $session))) {
            Invoke-Rollover -Cmdlet $PSCmdlet -Session $session -Bound $PSCmdlet.MyInvocation.BoundParameters -ValidDays $ValidDays -WaitMinutes $WaitMinutes
        }
    }
}
