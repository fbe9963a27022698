function Invoke-Rollover {
    <#
    .SYNOPSIS
        Makes a new certificate for a connection's application, registers it, proves that it works, and retires the old one.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [psobject] $Session,
        # The bound parameters of Update-ExRunCertificate.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        [int] $ValidDays,
        [int] $WaitMinutes
    )

    $old = [string[]] @($Bound['OldThumbprint'] | Microsoft.PowerShell.Core\Where-Object { $_ })
    # What cannot be named a certificate is found before anything is made.
    foreach ($thumbprint in $old) {
        if (($thumbprint -replace '[ :-]', '') -notmatch '^[0-9a-fA-F]{40}$') {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Target $thumbprint -Message "-OldThumbprint is the SHA-1 of a certificate in hex (40 digits), not '$thumbprint'")
        }
    }
    if ($old.Count -eq 0 -and -not $Bound['KeepOld']) {
        if (-not $Session.Thumbprint) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message 'the connection does not sign in with a certificate: say which one to retire with -OldThumbprint, or give -KeepOld')
        }
        $old = [string[]] @($Session.Thumbprint)
    }
    $path = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound['CertificatePath']
    $password = $Bound['Password']
    if ($null -eq $password) { $password = Read-Password -Cmdlet $Cmdlet -Prompt 'Enter password' -Path $path -Parameter 'Password' }

    $subject = $Bound['Subject']
    if (-not $subject) { $subject = $(if ($Session.AppName) { $Session.AppName } else { 'ExRun' }) }
    $secret = New-NativeSecret -Secret $password
    try {
        $request = @{ subject = $subject; pfxFile = $path; passwordSecret = $secret; validDays = $ValidDays; replace = $false }
        $made = Invoke-NativeOperation -Function 'exrun_certificate_create' -Request $request
    } finally {
        [void] (Get-Native)::exrun_secret_free($secret)
    }
    Write-Verbose ('made certificate {0} in {1}' -f $made.thumbprint, $path)

    $request = @{ certificate = Read-CertificateValue -Cmdlet $Cmdlet -Path $path -Password $password }
    $registered = Invoke-NativeOperation -Function 'exrun_certificate_register' -Request $request -Session $Session
    Write-Verbose ('added it to the application {0} ({1})' -f $registered.displayName, $registered.appId)

    $options = @{
        Cmdlet          = $Cmdlet
        TenantId        = $Session.TenantId
        ClientId        = $registered.appId
        CertificatePath = $path
        Password        = $password
        Cloud           = $Session.Cloud
        Further         = $Session.Further
        Describe        = $true
    }
    $successor = New-CertificateSession @options
    $reply = Use-Session $successor -Keep -Do {
        Wait-Certificate -Session $successor -WaitMinutes $WaitMinutes
        # By the new certificate: the last proof, before nothing else is left.
        if (-not $Bound['KeepOld']) {
            Invoke-NativeOperation -Function 'exrun_certificate_register' -Request @{ retire = $old; applicationId = $registered.appId } -Session $successor
        }
    }
    if ($Session.ClientId -eq $registered.appId -and $Session.Shared) {
        $successor.Method = 'Certificate'
        $successor.TokenTenantId = $Session.TokenTenantId
        Switch-Connection -Old $Session -New $successor
    } else {
        Close-Session -Session $successor
    }
    return [pscustomobject] [ordered] @{
        CertificatePath = $path
        Thumbprint      = $made.thumbprint
        ExpiresOn       = $successor.CertificateExpiresOn
        Retired         = [string[]] @(if ($null -ne $reply) { $reply.retired })
        Keys            = $(if ($null -ne $reply) { , $reply.keys } else { , $registered.keys })
    }
}
