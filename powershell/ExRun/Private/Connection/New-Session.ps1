function New-Session {
    <#
    .SYNOPSIS
        A client of the library with what this layer must know about it. Whoever opens one that is not shared frees
        its client.
    #>
    [CmdletBinding()]
    param(
        # Client options as docs/abi.md describes them; null members are left out.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Options,
        # Signs when the library asks.
        [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate
    )

    $native = Get-Native
    $bytes = ConvertTo-NativeRequest -Request $Options
    [long] $client = 0
    [long] $errorHandle = 0
    $status = $native::exrun_client_new($bytes, $bytes.Length, [ref] $client, [ref] $errorHandle)
    Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
    # What another client of the same connection must have, too.
    $further = @{}
    foreach ($name in 'sendX5c', 'continuousAccess', 'tokenCache', 'vaultApiVersion') {
        if ($null -ne $Options[$name]) { $further[$name] = $Options[$name] }
    }
    return [pscustomobject] @{
        Native               = $native
        Client               = $client
        Certificate          = $Certificate
        Shared               = $false
        TenantId             = $Options['tenantId']
        ClientId             = $Options['clientId']
        Further              = $further
        # What a connection says of itself.
        Name                 = $null
        Method               = $null
        Cloud                = $Options['cloud']
        Credential           = $null
        Thumbprint           = $null
        CertificateExpiresOn = $null
        AppName              = $null
        Account              = $null
        Roles                = [string[]] @()
        Scopes               = [string[]] @()
        ExpiresOn            = $null
        ConnectedAt          = $null
        Domain               = $null
        # The tenant that the token says it is of, and the one that it must be of.
        TokenTenantId        = $null
        ExpectTenant         = $null
        # Which runspace made the connection, as its how manieth change, and whose tenant the name was before.
        Runspace             = $null
        Number               = 0
        Before               = $null
        HasFailed            = $false
    }
}
