function Read-CertificateValue {
    <#
    .SYNOPSIS
        Base64 of the public part of a certificate file, or of a certificate that a path of a store names.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $Path,
        [securestring] $Password
    )

    $stored = Resolve-StoreCertificate -Cmdlet $Cmdlet -Path $Path
    if ($null -ne $stored) { return [System.Convert]::ToBase64String($stored.RawData) }
    $request = @{ certificateFile = Resolve-FilePath -Cmdlet $Cmdlet -Path $Path }
    $information = Invoke-NativeOperation -Function 'exrun_certificate_read' -Request $request
    if ($information.passwordNeeded) {
        if ($null -eq $Password) {
            $Password = Read-Password -Cmdlet $Cmdlet -Prompt 'password' -Path $request['certificateFile'] -Parameter 'Password'
        }
        $request['passwordSecret'] = New-NativeSecret -Secret $Password
        try {
            $information = Invoke-NativeOperation -Function 'exrun_certificate_read' -Request $request
        } finally {
            [void] (Get-Native)::exrun_secret_free([long] $request['passwordSecret'])
        }
    }
    return [string] $information.keyCredential.value
}
