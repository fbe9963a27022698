function New-DefaultAppSetting {
    <#
    .SYNOPSIS
        The app settings of a script that has not configured any.
    #>
    [CmdletBinding()]
    param()

    return [pscustomobject] [ordered] @{
        ResourceURL        = 'outlook.office.com'
        ClientId           = ''
        redirectUrl        = ''
        ClientSecret       = ''
        x5t                = ''
        TenantId           = ''
        ValidateForMinutes = 60
    }
}
