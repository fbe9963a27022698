function Add-Connection {
    <#
    .SYNOPSIS
        Makes a session available to other commands under a name; one of that name is replaced.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [psobject] $Session,
        [string] $Cloud,
        [string] $CertificatePath
    )

    $details = [ordered] @{
        Name        = $Name
        Cloud       = $Cloud
        Credential  = if ($null -ne $Session.Certificate) { 'certificate {0}' -f $Session.Certificate.Thumbprint } else { $CertificatePath }
        ConnectedAt = [datetime]::Now
    }
    foreach ($detail in $details.Keys) {
        $Session.PSObject.Properties.Add([psnoteproperty]::new($detail, $details[$detail]))
    }
    Remove-Connection -Name $Name
    (Get-ConnectionTable)[$Name] = $Session
}
