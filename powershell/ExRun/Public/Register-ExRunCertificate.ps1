function Register-ExRunCertificate {
    <#
    .SYNOPSIS
        Adds a certificate to an application, beside those that it has.
    .DESCRIPTION
        Through Microsoft Graph; keys that are there are kept. The connection's app must be an owner of the application and
        have the permission Application.ReadWrite.OwnedBy, or have Application.ReadWrite.All; a person may do it too
        (Connect-ExRun -DeviceCode). A certificate that is registered already is left as it is.
    .PARAMETER CertificatePath
        The certificate to add: a PFX, PEM or CER file. Its private key is not sent anywhere.
    .PARAMETER Password
        The password of the file; asked for once where the file needs one and none is given.
    .PARAMETER Certificate
        The certificate to add, as an object.
    .PARAMETER ApplicationId
        The application (client) id; by default that of the connection.
    .PARAMETER ObjectId
        The application's object id, in the place of its application id.
    .PARAMETER DisplayName
        The name that the portal shows; by default the certificate's subject.
    .PARAMETER Connection
        The name of the connection to use.
    .EXAMPLE
        Connect-ExRun -TenantId contoso.com -ClientId $admin -DeviceCode -Scope Application.ReadWrite.All
        Register-ExRunCertificate ./app.cer -ApplicationId $app

        A person adds a certificate to an application.
    .EXAMPLE
        Register-ExRunCertificate ./app.cer -DisplayName 'Mailbox report' -WhatIf

        Says to which application the certificate would be added: that of the connection.
    .OUTPUTS
        An object with id, appId, displayName, added, retired, and keys: the certificates that the application has now.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Path', SupportsShouldProcess = $true)]
    [OutputType([psobject])]
    param(
        [Parameter(Position = 0, Mandatory = $true, ParameterSetName = 'Path')] [string] $CertificatePath,
        [Parameter(ParameterSetName = 'Path')] [securestring] $Password,
        [Parameter(Mandatory = $true, ParameterSetName = 'Certificate')]
        [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        [Parameter()] [string] $ApplicationId,
        [Parameter()] [string] $ObjectId,
        [Parameter()] [string] $DisplayName,
        # shared: connection
        [Parameter()] [string] $Connection
        # end: connection
    )

    Enter-Command -Cmdlet $PSCmdlet
    Invoke-Guarded -Cmdlet $PSCmdlet -Do {
        $session = Open-Session -Cmdlet $PSCmdlet -Connection $Connection
        $encoded = $(if ($null -ne $Certificate) { [System.Convert]::ToBase64String($Certificate.RawData) } else {
                Read-CertificateValue -Cmdlet $PSCmdlet -Path $CertificatePath -Password $Password
            })
        $request = New-RegistrationRequest -ApplicationId $ApplicationId -ObjectId $ObjectId -DisplayName $DisplayName
        $request['certificate'] = $encoded
        $target = $(if ($ObjectId) { $ObjectId } elseif ($ApplicationId) { $ApplicationId } else { $session.ClientId })
        if ($PSCmdlet.ShouldProcess($target, 'Add a certificate to the application, as ' + (Format-Actor -Session $session))) {
            Invoke-NativeOperation -Function 'exrun_certificate_register' -Request $request -Session $session
        }
    }
}
