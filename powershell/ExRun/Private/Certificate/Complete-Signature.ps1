function Complete-Signature {
    <#
    .SYNOPSIS
        Answers an open signature request of a session's client with the session's certificate.
    .DESCRIPTION
        The private key stays where it is: it signs, it is never exported. A key that refuses an algorithm declines
        it, and the library then asks for the other one.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Session)

    $native = Get-Native
    [System.IntPtr] $pointer = [System.IntPtr]::Zero
    [long] $length = 0
    [long] $errorHandle = 0
    $status = $native::exrun_signature_request($Session.Client, [ref] $pointer, [ref] $length, [ref] $errorHandle)
    Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
    # Another waiter of the same client was quicker.
    if ($status -ne 0) { return }

    $json = Read-NativeText -Pointer $pointer -Length $length
    $request = Microsoft.PowerShell.Utility\ConvertFrom-Json -InputObject $json
    $padding = [System.Security.Cryptography.RSASignaturePadding]::Pkcs1
    if ($request.alg -eq 'PS256') { $padding = [System.Security.Cryptography.RSASignaturePadding]::Pss }
    $signing = Invoke-Attempt {
        $key = $null
        try {
            # Fails where this account may not use the key, or its card is not there.
            $key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($Session.Certificate)
            if ($null -eq $key) {
                'it is no RSA key'
            } elseif ($request.alg -eq 'PS256' -and $key -is [System.Security.Cryptography.RSACryptoServiceProvider]) {
                'it is a key of the older CryptoAPI, which knows no PSS'
            } else {
                , $key.SignHash([System.Convert]::FromBase64String($request.digest),
                    [System.Security.Cryptography.HashAlgorithmName]::SHA256, $padding)
            }
        } finally {
            if ($null -ne $key) { $key.Dispose() }
        }
    }
    $signature = if ($signing.Value -is [byte[]]) { , $signing.Value }
    $refusal = if ($null -ne $signing.Failure) { $signing.Failure.GetBaseException().Message } else { $signing.Value }

    if ($null -eq $signature) {
        $text = 'the key of certificate {0} does not sign {1}: {2}' -f $request.thumbprint, $request.alg, $refusal
        # After PS256 comes RS256; after that nothing but an error, which does not know why.
        if ($request.alg -eq 'PS256') { Write-Verbose $text } else { Write-Warning $text }
        $status = $native::exrun_signature_decline($Session.Client, $request.id, [ref] $errorHandle)
    } else {
        $status = $native::exrun_signature_provide($Session.Client, $request.id, $signature, $signature.Length, [ref] $errorHandle)
    }
    Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
}
