function New-AppCertificate {
    <#
    .SYNOPSIS
        Makes a self-signed certificate: the PFX file, and where it is wanted the key file for the application's manifest.
    #>
    [CmdletBinding()]
    [OutputType([System.IO.FileInfo])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $CertName,
        [Parameter(Mandatory = $true)] [string] $CertFileName,
        [string] $KeyFileName,
        [securestring] $Password,
        [int] $ValidDays
    )

    $request = @{
        subject = $CertName
        pfxFile = Resolve-FilePath -Cmdlet $Cmdlet -Path $CertFileName
        keyFile = $(if ($KeyFileName) { Resolve-FilePath -Cmdlet $Cmdlet -Path $KeyFileName })
        replace = $true
    }
    if ($ValidDays -gt 0) { $request['validDays'] = $ValidDays }
    if ($null -eq $Password) {
        $Password = Read-Password -Cmdlet $Cmdlet -Prompt 'Enter password' -Path $request['pfxFile'] -Parameter 'Password'
    }
    $secret = New-NativeSecret -Secret $Password
    try {
        $request['passwordSecret'] = $secret
        $result = Invoke-NativeOperation -Function 'exrun_certificate_create' -Request $request
    } finally {
        [void] (Get-Native)::exrun_secret_free($secret)
    }
    Write-Verbose ('certificate {0} ({1}), valid until {2}; its key file is {3}' -f
        $result.thumbprint, $result.subject, $result.notAfter, $result.keyFile)
    return Microsoft.PowerShell.Management\Get-Item -LiteralPath $request['pfxFile'] -Force
}
