function Connect-EXRMailbox {
    <#
    .SYNOPSIS
        Connects as an app, with a certificate, to the tenant of a mailbox.
    .DESCRIPTION
        Later commands need no token: they use the connection of the domain of the mailbox they are about, else the
        first one. The connection is named after the domain; Get-ExRunContext lists it, Disconnect-ExRun ends it. Throws
        "Error getting Access Token" where none can be had: there is then no connection of that domain, also where there
        was one before.
    .PARAMETER MailboxName
        The mailbox; its domain names the tenant.
    .PARAMETER ClientId
        The application's id; what Get-AppSettings says where it is not given.
    .PARAMETER certificateFileName
        The PFX file, or a PEM file with certificate and key.
    .PARAMETER certificateFilePassword
        The password of the file; asked for once where it needs one and none is given.
    .EXAMPLE
        Connect-EXRMailbox -MailboxName kim@contoso.com -ClientId $id -certificateFileName C:\temp\certfile.pfx
        Get-EXRMailboxSettings -MailboxName lee@contoso.com

        Connects once, and reads the settings of another mailbox of the tenant.
    .EXAMPLE
        Connect-EXRMailbox kim@contoso.com -certificateFileName C:\temp\certfile.pfx
        Get-ExRunContext -Name contoso.com

        Connects the app that the script's Get-AppSettings names, and shows as what.
    .OUTPUTS
        Nothing.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Position = 0, Mandatory = $true)] [string] $MailboxName,
        [Parameter(Position = 1)] [string] $ClientId,
        [Parameter(Position = 12, Mandatory = $true)] [AllowNull()] [AllowEmptyString()] [string] $certificateFileName,
        [Parameter(Position = 13)] [securestring] $certificateFilePassword
    )

    Import-PrivateFunction
    Clear-AbandonedRun
    $domain = ((Get-PastedText -Text $MailboxName) -split '@')[-1]
    $made = Connect-Session -Cmdlet $PSCmdlet -Name $domain -Domain $domain -Create {
        $identity = Get-AppIdentity -Cmdlet $PSCmdlet -TenantId $domain -ClientId $ClientId
        $options = @{
            Cmdlet            = $PSCmdlet
            TenantId          = $domain
            ClientId          = $identity.ClientId
            CertificatePath   = $certificateFileName
            Password          = $certificateFilePassword
            PasswordParameter = 'certificateFilePassword'
            Describe          = $true
        }
        New-CertificateSession @options
    }
    $failure = $made.Failure
    if ($null -ne $failure) {
        # Scripts look for this sentence; what went wrong is shown in its place, and stands in the inner exception.
        $exception = [System.InvalidOperationException]::new('Error getting Access Token', $failure.Exception)
        foreach ($member in @($failure.Exception.Data.Keys)) { $exception.Data[$member] = $failure.Exception.Data[$member] }
        $record = [System.Management.Automation.ErrorRecord]::new($exception, ($failure.FullyQualifiedErrorId -split ',')[0],
            $failure.CategoryInfo.Category, $MailboxName)
        $record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new("Error getting Access Token: $($failure.Exception.Message)")
        $PSCmdlet.ThrowTerminatingError($record)
    }

    $session = $made.Session
    $session.Method = 'Certificate'
    $session.Cloud = 'public'
    $session.Domain = $domain
    Add-Connection -Name $domain -Session $session
    Import-View
}
