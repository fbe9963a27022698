function Invoke-CreateSelfSignedCert {
    <#
    .SYNOPSIS
        Makes a self-signed certificate for an app: a PFX file, and the key file for the app's manifest.
    .DESCRIPTION
        Works on every system. Existing files are replaced. The content of the key file is what goes in the place of
        the [] at keyCredentials in the application's manifest; the PFX file stays with the script.
    .PARAMETER CertName
        The subject, such as ExRun or CN=ExRun.
    .PARAMETER CertFileName
        The PFX file to write.
    .PARAMETER KeyFileName
        The key file to write: JSON in UTF-8.
    .PARAMETER Password
        The password for the PFX file; asked for when it is not given.
    .PARAMETER ValidDays
        How many days the certificate is valid; a year by default.
    .EXAMPLE
        Invoke-CreateSelfSignedCert -CertName 'Mailbox report' -CertFileName C:\temp\certfile.pfx -KeyFileName C:\temp\KeyCreds.txt

        Asks for a password and writes both files.
    .EXAMPLE
        Invoke-CreateSelfSignedCert report ./report.pfx ./report.txt -Password (Read-Host -AsSecureString) -ValidDays 730

        Writes a certificate for two years, without a question of its own.
    .OUTPUTS
        System.IO.FileInfo. The PFX file.
    #>
    [CmdletBinding()]
    [OutputType([System.IO.FileInfo])]
    param(
        # shared: new-certificate CertName CertFileName
        [Parameter(Position = 0, Mandatory = $true)] [string] $CertName,
        [Parameter(Position = 1, Mandatory = $true)] [string] $CertFileName,
        # end: new-certificate
        [Parameter(Position = 2, Mandatory = $true)] [string] $KeyFileName,
        # shared: new-certificate Password ValidDays
        [Parameter()] [securestring] $Password,
        [Parameter()] [ValidateRange(1, 36500)] [int] $ValidDays
        # end: new-certificate
    )

    Enter-Command -Cmdlet $PSCmdlet
    $bound = $PSBoundParameters
    Invoke-Guarded -Cmdlet $PSCmdlet -Do {
        New-AppCertificate -Cmdlet $PSCmdlet @bound
    }
}
