function Invoke-EXRCreateAppTokenCertificate {
    <#
    .SYNOPSIS
        Makes a self-signed certificate and adds it to an application.
    .DESCRIPTION
        Writes the PFX file and adds the certificate to the application through Microsoft Graph, beside those that it has.
        Uses the connection that Connect-ExRun made: its app needs Application.ReadWrite.OwnedBy and must be an owner, or
        Application.ReadWrite.All. An existing file is replaced.
    .PARAMETER CertName
        The subject, such as ExRun or CN=ExRun.
    .PARAMETER CertFileName
        The PFX file to write.
    .PARAMETER ObjectId
        The object id of the application; by default the connection's own application.
    .PARAMETER Password
        The password for the PFX file; asked for when it is not given.
    .PARAMETER ValidDays
        How many days the certificate is valid; a year by default.
    .PARAMETER Connection
        The name of the connection to use.
    .EXAMPLE
        Invoke-EXRCreateAppTokenCertificate -CertName 'Mailbox report' -CertFileName C:\temp\certfile.pfx -ObjectId 5b2f6a1e-77f0-4c11-9d4b-3f3d0a6a9c10

        Asks for a password, writes the file, and adds the certificate to the application.
    .EXAMPLE
        Invoke-EXRCreateAppTokenCertificate -CertName 'Mailbox report' -CertFileName ./next.pfx -Password (Read-Host -AsSecureString)

        Adds a certificate to the application of the connection itself.
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
        [Parameter(Position = 2)] [string] $ObjectId,
        # shared: new-certificate Password ValidDays
        [Parameter()] [securestring] $Password,
        [Parameter()] [ValidateRange(1, 36500)] [int] $ValidDays,
        # end: new-certificate
        # shared: connection
        [Parameter()] [string] $Connection
        # end: connection
    )

    Enter-Command -Cmdlet $PSCmdlet
    Invoke-Guarded -Cmdlet $PSCmdlet -Do {
        $session = Open-Session -Cmdlet $PSCmdlet -Connection $Connection
        if ($null -eq $Password) {
            $Password = Read-Password -Cmdlet $PSCmdlet -Prompt 'Enter password' -Path $CertFileName -Parameter 'Password'
        }
        $certificate = @{ Cmdlet = $PSCmdlet; CertName = $CertName; CertFileName = $CertFileName; Password = $Password; ValidDays = $ValidDays }
        New-AppCertificate @certificate
        $request = New-RegistrationRequest -ObjectId $ObjectId -DisplayName $CertName
        $request['certificate'] = Read-CertificateValue -Cmdlet $PSCmdlet -Path $CertFileName -Password $Password
        [void] (Invoke-NativeOperation -Function 'exrun_certificate_register' -Request $request -Session $session)
    }
}
