function Open-Session {
    <#
    .SYNOPSIS
        The session that a command works with, from what its call gave.
    .DESCRIPTION
        An access token, else a certificate (with the identity that Get-AppSettings or the call gives), else a
        connection. Free the client unless the session is shared.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [object] $AccessToken,
        [string] $CertFileName,
        [securestring] $Password,
        [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        # Who the app of a certificate is, as far as the call says.
        [string] $TenantId,
        [string] $ClientId,
        # The same with all else, where it is known already.
        [psobject] $Identity,
        [string] $Connection,
        # The mailbox that it is about: its domain may say which connection.
        [string] $MailboxName,
        # For a call that someone waits for: how often a request is tried.
        [int] $MaxTries,
        # The cloud of an access token, where it is known.
        [string] $Cloud
    )

    if ($Connection -and ($null -ne $AccessToken -or $CertFileName -or $null -ne $Certificate)) {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Target $Connection -Message (
            'give either -Connection {0} or a token or certificate, not both' -f $Connection))
    }
    if (($TenantId -or $ClientId) -and -not $CertFileName -and $null -eq $Certificate) {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message (
            '-TenantId and -ClientId say whose a certificate is: give -CertFileName or -Certificate beside them, or leave them out; a connection or token has its own, and -ExpectTenant refuses another tenant than is meant'))
    }
    if ($null -ne $AccessToken -and -not ($AccessToken -is [string] -and -not $AccessToken.Trim())) {
        if ($CertFileName -or $null -ne $Certificate) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message 'give either -AccessToken or a certificate, not both')
        }
        return New-TokenSession -AccessToken $AccessToken -Cloud $Cloud
    }
    if ($CertFileName -or $null -ne $Certificate) {
        if ($null -eq $Identity) { $Identity = Get-AppIdentity -Cmdlet $Cmdlet -TenantId $TenantId -ClientId $ClientId }
        $session = @{
            Cmdlet          = $Cmdlet
            TenantId        = $Identity.TenantId
            ClientId        = $Identity.ClientId
            CertificatePath = $CertFileName
            Password        = $Password
            Certificate     = $Certificate
            X5t             = $Identity.X5t
            MaxTries        = $MaxTries
        }
        return New-CertificateSession @session
    }
    $session = Get-Connection -Cmdlet $Cmdlet -Name $Connection -MailboxName $MailboxName
    if ($null -ne $session) {
        $Cmdlet.WriteVerbose(('with the connection {0}: {1}' -f $session.Name, (Format-Actor -Session $session)))
        return $session
    }

    # What the command has for it; a certificate that it is to register or to write is none.
    $parameters = $Cmdlet.MyInvocation.MyCommand.Parameters
    $taken = $PSBoundParameters
    $whose = $(if ($parameters.ContainsKey('TenantId') -and $parameters.ContainsKey('ClientId')) { ' with -TenantId and -ClientId' })
    $ways = @('AccessToken', 'CertFileName', 'Certificate' | Microsoft.PowerShell.Core\Where-Object { $parameters.ContainsKey($_) -and $taken.ContainsKey($_) } |
        Microsoft.PowerShell.Core\ForEach-Object { "-$_$(if ($_ -ne 'AccessToken') { $whose })" })
    $advice = $(if ($ways.Count -gt 0) { 'give {0}, or connect' -f ($ways -join ' or ') } else { 'connect' })
    Stop-Attempt (New-ExRunException -Name 'CredentialMissing' -Message (
        'nothing was given to prove who the app is: {0} once with Connect-ExRun' -f $advice))
}
