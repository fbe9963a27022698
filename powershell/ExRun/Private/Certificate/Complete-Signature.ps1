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
    # Fails where this account may not use the key, or its card is not there.
    $key = Invoke-Method -Method ([System.Security.Cryptography.X509Certificates.RSACertificateExtensions].GetMethod('GetRSAPrivateKey')) -Arguments $Session.Certificate
    $signature = $key
    try {
        if ($null -eq $key) {
            $refusal = 'it is no RSA key'
        } elseif ($request.alg -eq 'PS256' -and $key -is [System.Security.Cryptography.RSACryptoServiceProvider]) {
            $refusal = 'it is a key of the older CryptoAPI, which knows no PSS'
        } elseif ($key -isnot [System.Exception]) {
            $sign = $key.GetType().GetMethod('SignHash', [type[]] @([byte[]], [System.Security.Cryptography.HashAlgorithmName], [System.Security.Cryptography.RSASignaturePadding]))
            $signature = Invoke-Method -Method $sign -On $key -Arguments @(
                [System.Convert]::FromBase64String($request.digest), [System.Security.Cryptography.HashAlgorithmName]::SHA256, $padding)
        }
        if ($signature -is [System.Exception]) { $refusal = $signature.GetBaseException().Message }
    } finally {
        if ($key -is [System.IDisposable]) { $key.Dispose() }
    }

    if ($signature -isnot [byte[]]) {
        $text = 'the key of certificate {0} does not sign {1}: {2}' -f $request.thumbprint, $request.alg, $refusal
        # After PS256 comes RS256; after that nothing but an error, which does not know why.
        if ($request.alg -eq 'PS256') { Write-Verbose $text } else { Write-Told -Warning $text }
        $status = $native::exrun_signature_decline($Session.Client, $request.id, [ref] $errorHandle)
    } else {
        $status = $native::exrun_signature_provide($Session.Client, $request.id, $signature, $signature.Length, [ref] $errorHandle)
    }
    Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
}
