function Read-Token {
    <#
    .SYNOPSIS
        Headers, claims and signature of a token, in whatever form it is given. Nothing is verified.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [object] $Token)

    $secret = Resolve-AccessToken -AccessToken $Token -AnyText
    $native = Get-Native
    [System.IntPtr] $pointer = [System.IntPtr]::Zero
    [long] $length = 0
    [long] $errorHandle = 0
    try {
        $bytes = ConvertTo-NativeRequest -Request @{ tokenSecret = $secret; format = 'clixml' }
        $status = $native::exrun_token_decode($bytes, $bytes.Length, [ref] $pointer, [ref] $length, [ref] $errorHandle)
    } finally {
        [void] $native::exrun_secret_free($secret)
    }
    Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
    $clixml = Read-NativeText -Pointer $pointer -Length $length
    $decoded = [System.Management.Automation.PSSerializer]::Deserialize($clixml)

    $signature = ([string] $decoded.signature).TrimEnd('=').Replace('-', '+').Replace('_', '/')
    $signature = $signature.PadRight($signature.Length + (4 - $signature.Length % 4) % 4, '=')
    return [pscustomobject] [ordered] @{
        headers   = $decoded.headers
        claims    = $decoded.claims
        signature = [System.Convert]::FromBase64String($signature)
    }
}
